import type { Frame } from './frame.ts'
import type { Principal } from './principal.ts'
import type { Stream } from './stream.ts'
import type { StreamObserver } from './stream-observer.ts'
import type { AnyViewer } from './viewer.ts'

/** Whoever is told of what happens to streams: the viewers, and parts of the server (observers). */
export class HubAudience {
  readonly #viewers = new Set<AnyViewer>()
  readonly #observers = new Set<StreamObserver>()

  /** The number of viewers. */
  get viewers(): number {
    return this.#viewers.size
  }

  /** A viewer was opened. */
  add(viewer: AnyViewer): void {
    this.#viewers.add(viewer)
  }

  /** A viewer has closed. */
  delete(viewer: AnyViewer): void {
    this.#viewers.delete(viewer)
  }

  /** See `Hub.observe`. */
  observe(observer: StreamObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  /** A stream has appeared: viewers learn of it, observers with its first frame or state. */
  discover(stream: Stream): void {
    for (const viewer of this.#viewers) viewer.discover(stream)
  }

  /** A stream has its first frame. It has been live from the start, which is no change of its state. */
  begun(stream: Stream): void {
    for (const observer of this.#observers) observer.changed(stream)
  }

  /** A stream's state, its reason, its warnings or whether its pictures can be decoded have changed. */
  changed(stream: Stream): void {
    for (const viewer of this.#viewers) viewer.changed(stream)
    for (const observer of this.#observers) observer.changed(stream)
  }

  /** The demand of a stream's viewers here has changed. */
  demandChanged(stream: Stream): void {
    for (const observer of this.#observers) observer.demandChanged?.(stream)
  }

  /** A stream was removed. */
  forget(stream: Stream): void {
    for (const viewer of this.#viewers) viewer.forget(stream)
    for (const observer of this.#observers) observer.forgotten(stream)
  }

  /** Whether a viewer of that principal watches the stream, and has since before the frame. */
  isFor(principal: Principal, stream: Stream, frame: Frame): boolean {
    for (const viewer of this.#viewers) if (viewer.isFor(principal, stream, frame)) return true
    return false
  }

  /** See `Hub.reroute`. */
  *reroute(stream: Stream): Generator<void> {
    for (const viewer of this.#viewers) {
      viewer.reroute(stream)
      yield
    }
  }

  /** Closes all viewers. */
  close(): void {
    for (const viewer of [...this.#viewers]) viewer.close()
  }
}
