import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import type { SharedStream } from '../../../src/core/account-store.ts'
import { useServerNow } from '../../live/use-server-now.ts'
import { AdminPage } from '../AdminPage.tsx'
import { ConfirmDialog } from '../ConfirmDialog.tsx'
import { Dialog } from '../Dialog.tsx'
import { EmptyList } from '../EmptyList.tsx'
import { ListRows } from '../ListRow.tsx'
import { useDialog } from '../use-dialog.ts'
import { useLoaded } from '../use-loaded.ts'
import { type CreatedLink, type Link, loadLinks, revokeLink } from './api.ts'
import { LinkCreated } from './LinkCreated.tsx'
import { LinkForm } from './LinkForm.tsx'
import { LinkRow } from './LinkRow.tsx'
import { streamFromQuery } from './stream-selection.ts'

/** `/app/links`: share links. `?stream=label/key` opens the form for a link to that stream. */
export default function LinksPage() {
  const { t } = useTranslation('admin')
  const loaded = useLoaded(loadLinks)
  const now = useServerNow()
  const [search, setSearch] = useSearchParams()
  const [first] = useState(() => streamFromQuery(search.get('stream')))
  const making = useDialog<readonly SharedStream[], CreatedLink>(first && [first])
  const revoking = useDialog<Link>()
  const [done, setDone] = useState('')
  const closeMaking = () => {
    making.close()
    // Otherwise a reload would open the form again.
    if (search.has('stream')) setSearch({}, { replace: true })
  }
  const finish = (text: string) => {
    setDone(text)
    loaded.reload()
  }
  const { id = '', name = '', expiresAt = 0 } = revoking.subject ?? {}
  const isOver = expiresAt <= now
  const revoke = async () => {
    await revokeLink(id)
    finish(t('linkRevoked', { name }))
  }
  const made = making.outcome
  return (
    <AdminPage
      section="links"
      loaded={loaded}
      done={done}
      make={{ text: t('linkMake'), onClick: () => making.open([]) }}
    >
      {loaded.value?.length === 0 ? (
        <EmptyList icon="share" text={t('linksNone')} />
      ) : (
        <ListRows name={t('links')}>
          {loaded.value?.map((link) => (
            <LinkRow key={link.id} link={link} now={now} onRevoke={() => revoking.open(link)} />
          ))}
        </ListRows>
      )}
      <Dialog
        title={made ? t('linkMade', { name: made.name }) : t('linkMake')}
        isOpen={making.isOpen}
        isHeld={made !== undefined}
        onClose={closeMaking}
      >
        {made ? (
          <LinkCreated made={made} onClose={closeMaking} />
        ) : (
          <LinkForm
            first={making.subject ?? []}
            onCancel={closeMaking}
            onMade={(link) => {
              making.settle(link)
              finish(t('linkMade', { name: link.name }))
            }}
          />
        )}
      </Dialog>
      <ConfirmDialog
        title={t(isOver ? 'linkRemoveTitle' : 'linkRevokeTitle', { name })}
        action={t(isOver ? 'remove' : 'revoke')}
        isOpen={revoking.isOpen}
        onYes={revoke}
        onClose={revoking.close}
      >
        <p>{t(isOver ? 'linkRemoveText' : 'linkRevokeText')}</p>
      </ConfirmDialog>
    </AdminPage>
  )
}
