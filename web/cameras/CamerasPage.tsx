import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import { useSession } from '../access/use-session.ts'
import { AdminPage } from '../admin/AdminPage.tsx'
import { ConfirmDialog } from '../admin/ConfirmDialog.tsx'
import { Dialog } from '../admin/Dialog.tsx'
import { EmptyList } from '../admin/EmptyList.tsx'
import { streamFromQuery } from '../admin/links/stream-selection.ts'
import { useDialog } from '../admin/use-dialog.ts'
import { useFeed, useStreams } from '../live/use-feed.ts'
import { changeCamera, type ListedCamera, removeCamera, retryCamera } from './api.ts'
import { CameraForm } from './CameraForm.tsx'
import { CameraList } from './CameraList.tsx'
import { editableSites } from './editable-sites.ts'
import { FfmpegNote } from './FfmpegNote.tsx'
import { ImportForm } from './ImportForm.tsx'
import { useCameraActions } from './use-camera-actions.ts'
import { useCameras } from './use-cameras.ts'

/**
 * `/app/cameras`: the cameras that the server pulls, and how they are doing. `?add` opens the form of a new one,
 * `?camera=LABEL/KEY` that of this one; if it can only be changed elsewhere it is scrolled to.
 */
export default function CamerasPage() {
  const { t } = useTranslation('cameras')
  const { t: admin } = useTranslation('admin')
  const loaded = useCameras()
  const { cameras = [], ffmpegProblem, isPrivateRefused = false } = loaded.value ?? {}
  const feed = useFeed()
  const sites = useEditableSites(cameras)
  const [query, setQuery] = useSearchParams()
  const [done, setDone] = useState('')
  const [shown, setShown] = useState<string>()
  const adding = useDialog<'camera'>(query.has('add') ? 'camera' : undefined)
  const importing = useDialog<'configuration'>()
  const editing = useDialog<ListedCamera>()
  const removing = useDialog<ListedCamera>()

  const finish = (text: string) => {
    setDone(text)
    loaded.reload()
  }
  const { busy, failures, run } = useCameraActions(loaded.reload)
  const { label = '', key: name = '' } = removing.subject ?? {}
  const remove = async () => {
    await removeCamera({ label, key: name })
    finish(t('removed', { name }))
  }

  const wanted = streamFromQuery(query.get('camera'))
  const asked = cameras.find((one) => one.counts && one.label === wanted?.label && one.key === wanted.key)
  useEffect(() => {
    if (!asked) return
    // Once, or it would open again when it is closed.
    setQuery({}, { replace: true })
    if (asked.settings && asked.origin === 'added') editing.open(asked)
    else setShown(streamId(asked))
  }, [asked, setQuery, editing])

  return (
    <AdminPage
      section="cameras"
      loaded={loaded}
      done={done}
      make={{ text: t('add'), onClick: () => adding.open('camera') }}
      also={{ text: t('import'), onClick: () => importing.open('configuration') }}
    >
      {ffmpegProblem !== undefined && <FfmpegNote problem={ffmpegProblem} />}
      {cameras.length === 0 ? (
        <EmptyList icon="cctv" text={t('none')} />
      ) : (
        <CameraList
          cameras={cameras}
          now={feed.serverNow}
          shown={shown}
          busy={busy}
          failures={failures}
          actionsOf={(camera) => ({
            onRuns: (runs) => run(camera, () => changeCamera(camera, { runs })),
            onRetry: () => run(camera, () => retryCamera(camera)),
            onEdit: () => editing.open(camera),
            onRemove: () => removing.open(camera),
          })}
        />
      )}
      <Dialog title={t('add')} isOpen={adding.isOpen} onClose={adding.close}>
        <CameraForm
          sites={sites}
          isPrivateRefused={isPrivateRefused}
          onCancel={adding.close}
          onSaved={(saved) => {
            adding.close()
            finish(t('added', { name: saved.key }))
          }}
        />
      </Dialog>
      <Dialog
        title={t('editTitle', { name: editing.subject?.key ?? '' })}
        isOpen={editing.isOpen}
        onClose={editing.close}
      >
        {editing.subject && (
          <CameraForm
            camera={editing.subject}
            sites={sites}
            isPrivateRefused={isPrivateRefused}
            onCancel={editing.close}
            onSaved={(saved) => {
              editing.close()
              finish(t('saved', { name: saved.key }))
            }}
          />
        )}
      </Dialog>
      <Dialog title={t('importTitle')} isOpen={importing.isOpen} onClose={importing.close}>
        <ImportForm sites={sites} onClose={importing.close} onAdded={(count) => finish(t('importDone', { count }))} />
      </Dialog>
      <ConfirmDialog
        title={t('removeTitle', { name })}
        action={admin('remove')}
        isOpen={removing.isOpen}
        onYes={remove}
        onClose={removing.close}
      >
        <p>{t('removeText')}</p>
      </ConfirmDialog>
    </AdminPage>
  )
}

/** A hook: the sites to offer for a camera. */
function useEditableSites(cameras: readonly StreamName[]): string[] {
  const session = useSession()
  const { streams } = useStreams()
  return editableSites(
    session,
    [...streams, ...cameras].map(({ label }) => label),
  )
}
