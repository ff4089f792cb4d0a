import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StreamName } from '../../src/core/stream-name.ts'
import { fetchJson } from '../access/fetch-json.ts'
import { lazyPart } from '../update/lazy-part.ts'

/** Only admins need the dialogs of the administration, and seldom here. */
const ConfirmDialog = lazyPart(async () => ({ default: (await import('../admin/ConfirmDialog.tsx')).ConfirmDialog }))

interface RemoveStreamDialogProps {
  readonly stream: StreamName
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** For admins: asks whether the stream is to be removed with its pictures, and removes it. */
export function RemoveStreamDialog({ stream, isOpen, onClose, onRemoved }: RemoveStreamDialogProps) {
  const { t } = useTranslation('watch')
  const [isNeeded, setNeeded] = useState(isOpen)
  if (isOpen && !isNeeded) setNeeded(true)
  if (!isNeeded) return null
  const { label, key } = stream
  const remove = async () => {
    await fetchJson(`/streams/${encodeURIComponent(label)}/${encodeURIComponent(key)}`, { method: 'DELETE' })
    onRemoved()
  }
  return (
    <Suspense fallback={null}>
      <ConfirmDialog
        title={t('removeName', { label, key })}
        isOpen={isOpen}
        action={t('removeNow')}
        onYes={remove}
        onClose={onClose}
      >
        <p>{t('removeText')}</p>
      </ConfirmDialog>
    </Suspense>
  )
}
