import type { Stream } from './stream.ts'

/** Is told of changes of all streams, as they happen. Must be quick and must not throw. */
export interface StreamObserver {
  /** The stream has its first frame, or its state, its reason or its warnings have changed, or whether its pictures can be decoded. */
  changed(stream: Stream): void
  /** The stream was removed. */
  forgotten(stream: Stream): void
  /** Its viewers here want other frames or pictures than before, or there is a first one, or none any more. */
  demandChanged?(stream: Stream): void
}
