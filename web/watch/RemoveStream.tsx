import { ActionIcon, Tooltip } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StreamName } from '../../src/core/stream-name.ts'
import { fetchJson } from '../access/fetch-json.ts'
import { Icon } from '../icons.tsx'

/** Only admins need the dialogs of the administration, and seldom here. */
const ConfirmDialog = lazy(() =>
  import('../admin/ConfirmDialog.tsx').then((dialog) => ({ default: dialog.ConfirmDialog })),
)

/** The props of the button. */
export interface RemoveStreamProps {
  readonly stream: StreamName
  readonly onRemoved: () => void
}

/** For admins: a button that removes the stream with its pictures, after a question. */
export function RemoveStream({ stream, onRemoved }: RemoveStreamProps) {
  const { t } = useTranslation('watch')
  const [isOpen, setOpen] = useState(false)
  const [isNeeded, setNeeded] = useState(false)
  const { label, key } = stream
  const open = () => {
    setNeeded(true)
    setOpen(true)
  }
  const remove = async () => {
    await fetchJson(`/streams/${encodeURIComponent(label)}/${encodeURIComponent(key)}`, { method: 'DELETE' })
    onRemoved()
  }
  return (
    <>
      <Tooltip label={t('remove')}>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('remove')} onClick={open}>
          <Icon name="trash" />
        </ActionIcon>
      </Tooltip>
      {isNeeded && (
        <Suspense fallback={null}>
          <ConfirmDialog
            title={t('removeName', { label, key })}
            isOpen={isOpen}
            action={t('remove')}
            onYes={remove}
            onClose={() => setOpen(false)}
          >
            <p>{t('removeText')}</p>
          </ConfirmDialog>
        </Suspense>
      )}
    </>
  )
}
