import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { naturalOrder } from '../../../src/core/name-order.ts'
import { sessions } from '../../access/page-session.ts'
import { useSession } from '../../access/use-session.ts'
import { useStreams } from '../../live/use-feed.ts'
import { useServerNow } from '../../live/use-server-now.ts'
import { AdminPage } from '../AdminPage.tsx'
import { ListRows } from '../ListRow.tsx'
import { useDialog } from '../use-dialog.ts'
import { useLoaded } from '../use-loaded.ts'
import { type Account, loadAccounts } from './api.ts'
import { DeleteUserDialog } from './DeleteUserDialog.tsx'
import type { SignInCredentials } from './UserAdded.tsx'
import { UserDialog, type UserSubject } from './UserDialog.tsx'
import { UserRow } from './UserRow.tsx'

/** `/app/users`: user management. */
export default function UsersPage() {
  const { t } = useTranslation('admin')
  const loaded = useLoaded(loadAccounts)
  const accounts = loaded.value ?? []
  const user = useSession()?.user
  const ownId = user && Number(user.id)
  const sites = useSites(accounts)
  const now = useServerNow()
  const editing = useDialog<UserSubject, SignInCredentials>()
  const deleting = useDialog<Account>()
  const [done, setDone] = useState('')
  const finish = (text: string) => {
    setDone(text)
    loaded.reload()
    // It may have been the admin's own account.
    void sessions.refresh()
  }
  return (
    <AdminPage
      section="users"
      loaded={loaded}
      done={done}
      make={{ text: t('userAdd'), onClick: () => editing.open({ account: undefined }) }}
    >
      <ListRows name={t('users')}>
        {accounts.map((account) => (
          <UserRow
            key={account.id}
            account={account}
            isOwn={account.id === ownId}
            now={now}
            onEdit={() => editing.open({ account })}
            onDelete={() => deleting.open(account)}
          />
        ))}
      </ListRows>
      <UserDialog dialog={editing} ownId={ownId} sites={sites} onChanged={loaded.reload} onDone={finish} />
      <DeleteUserDialog dialog={deleting} isOwn={deleting.subject?.id === ownId} onDone={finish} />
    </AdminPage>
  )
}

/** All known labels: those of streams, and those assigned to users before a stream existed. */
function useSites(accounts: readonly Account[]): string[] {
  const { streams } = useStreams()
  const names = new Set([...streams.map(({ label }) => label), ...accounts.flatMap(({ sites }) => sites)])
  return [...names].sort(naturalOrder())
}
