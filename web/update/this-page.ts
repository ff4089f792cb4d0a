import { DISCONNECTED } from '../../client/codes.ts'
import { sessionStorageIfAllowed } from '../browser-storage.ts'
import type { Feed } from '../live/feed.ts'
import { ownBuild, servedBuild } from './page-build.ts'
import { PageUpdate } from './page-update.ts'

let feedOfPage: Feed | undefined

/** The page's one PageUpdate. */
export const pageUpdate = new PageUpdate({
  ownBuild: ownBuild(),
  servedBuild,
  storage: sessionStorageIfAllowed(),
  isBusy,
  now: () => performance.now(),
  reconnect: () => feedOfPage?.retry(),
  reload: () => location.reload(),
})

/** Follows what the page's connection and its user do, from now on. */
export function watchForUpdate(feed: Feed): void {
  feedOfPage = feed
  feed.subscribe(() => {
    const { state, code } = feed.connection
    if (state === 'connected') pageUpdate.hasOtherProtocol = false
    else if (state === 'disconnected' && code === DISCONNECTED.protocol) pageUpdate.hasOtherProtocol = true
  })
  for (const event of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'])
    addEventListener(event, () => pageUpdate.noteUse(), { capture: true, passive: true })
}

/** Whether a dialog is open, or a text field in use that has a text in it. What is searched for is in the address. */
function isBusy(): boolean {
  if (document.querySelector('[role=dialog], [role=alertdialog]')) return true
  const field = document.activeElement
  const isField = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement
  return isField && field.type !== 'search' && field.value !== ''
}
