import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStreams } from '../../live/use-feed.ts'
import { useServerNow } from '../../live/use-server-now.ts'
import { AdminPage } from '../AdminPage.tsx'
import { ConfirmDialog } from '../ConfirmDialog.tsx'
import { Dialog } from '../Dialog.tsx'
import { EmptyList } from '../EmptyList.tsx'
import { ListRows } from '../ListRow.tsx'
import { useDialog } from '../use-dialog.ts'
import { useLoaded } from '../use-loaded.ts'
import { type CreatedKey, loadKeys, type MachineKey, revokeKey } from './api.ts'
import { KeyCreated } from './KeyCreated.tsx'
import { KeyForm } from './KeyForm.tsx'
import { KeyRow } from './KeyRow.tsx'

/** `/app/keys`: the API keys of machines. */
export default function KeysPage() {
  const { t } = useTranslation('admin')
  const loaded = useLoaded(loadKeys)
  const { streams } = useStreams()
  const labels = [...new Set(streams.map(({ label }) => label))]
  const now = useServerNow()
  const making = useDialog<'key', CreatedKey>()
  const revoking = useDialog<MachineKey>()
  const [done, setDone] = useState('')
  const finish = (text: string) => {
    setDone(text)
    loaded.reload()
  }
  const { id = '', name = '' } = revoking.subject ?? {}
  const revoke = async () => {
    await revokeKey(id)
    finish(t('keyRevoked', { name }))
  }
  const made = making.outcome
  return (
    <AdminPage
      section="keys"
      loaded={loaded}
      done={done}
      make={{ text: t('keyMake'), onClick: () => making.open('key') }}
    >
      {loaded.value?.length === 0 ? (
        <EmptyList icon="key" text={t('keysNone')} />
      ) : (
        <ListRows name={t('keys')}>
          {loaded.value?.map((one) => (
            <KeyRow key={one.id} machineKey={one} now={now} onRevoke={() => revoking.open(one)} />
          ))}
        </ListRows>
      )}
      <Dialog
        title={made ? t('keyMade', { name: made.name }) : t('keyMake')}
        isOpen={making.isOpen}
        isHeld={made !== undefined}
        onClose={making.close}
      >
        {made ? (
          <KeyCreated made={made} labels={labels} onClose={making.close} />
        ) : (
          <KeyForm
            labels={labels}
            onCancel={making.close}
            onMade={(key) => {
              making.settle(key)
              finish(t('keyMade', { name: key.name }))
            }}
          />
        )}
      </Dialog>
      <ConfirmDialog
        title={t('keyRevokeTitle', { name })}
        action={t('revoke')}
        isOpen={revoking.isOpen}
        onYes={revoke}
        onClose={revoking.close}
      >
        <p>{t('keyRevokeText')}</p>
      </ConfirmDialog>
    </AdminPage>
  )
}
