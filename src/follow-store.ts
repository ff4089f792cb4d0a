import { ALL } from './core/authorization.ts'
import type { StreamProvider } from './core/declared-stream.ts'
import type { FrameStore } from './core/frame-store.ts'
import type { Hub } from './core/hub.ts'
import { systemPrincipal } from './core/principal.ts'
import type { StreamName } from './core/stream-name.ts'

/** Shows what is in a frame store: others may write to it as well. @returns stops */
export function followStore(store: FrameStore, hub: Hub): () => void {
  return store.subscribe({
    streamFound: (name, provider) => declareStored(hub, name, provider),
    // The store may go on reading for a while after a source of this server has taken the stream over.
    frameStored: (input, id, receivedAt) =>
      !hub.directory.isDeclared(FRAME_STORE, input.stream) && hub.accept(FRAME_STORE, input, id, receivedAt, 'store'),
  })
}

const FRAME_STORE = systemPrincipal('the frame store', [{ actions: ['publish'], scope: ALL }])

/** Declares a stream that another node publishes: its frames come from the store while somebody watches. */
function declareStored(hub: Hub, name: StreamName, provider: StreamProvider) {
  const isFed = hub.directory.isDeclared(FRAME_STORE, name)
  return isFed ? undefined : hub.declare(FRAME_STORE, name, STORED, provider)
}

/** A shared store answers quickly; `closeAfter` bridges viewers' page changes. Times in ms. */
const STORED = { when: 'on-demand', startTimeout: 10_000, closeAfter: 2000, isStored: true } as const
