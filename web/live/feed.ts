import type { OverlayChoice } from '../../client/overlay/overlay-choice.ts'
import type { ClassNames } from '../../src/core/class-names.ts'
import { Listeners } from '../../src/core/listeners.ts'
import { naturalOrder, orderOfStreams } from '../../src/core/name-order.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import { streamId } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { type ConnectionState, isRefused } from '../access/connection-state.ts'
import { isUnchanged } from './is-unchanged.ts'
import type { FromWorker, Picture, ShownPicture, ToWorker, ViewDemand } from './worker-protocol.ts'

/** The subscription of a tile or the large view to a stream. */
export interface FeedSubscription {
  /** Sets the rate and size it can use now; undefined: out of view, and nothing is sent. */
  setDemand(demand: ViewDemand | undefined): void
  /** Ends the subscription. */
  close(): void
}

/** What the subscriber to a stream is told. */
export interface FeedListener<Taken> {
  readonly onPicture: Taken
  /** A picture could not be decoded. @param receivedAt ms since 1970 by the server's clock */
  readonly onUndecodable: (receivedAt: number) => void
}

/** Receives a picture and must close the bitmap. The next comes after the returned promise has settled. */
export type PictureListener = (picture: Picture, bitmap: ImageBitmap) => void | Promise<void>

/** What a large view is told. */
export type FollowerListener = FeedListener<PictureListener>

/** What a tile is told. */
export type TileListener = FeedListener<(shown: ShownPicture) => void>

/**
 * The page's side of the web worker: the streams, the connection and the subscriptions to pictures. A singleton: one
 * worker and one connection as long as the page is open, whatever the user looks at.
 */
export class Feed {
  readonly #worker: Worker
  readonly #streams = new Map<string, LiveStream>()
  readonly #listeners = new Listeners()
  readonly #tiles = new Map<number, TileListener>()
  readonly #followers = new Map<number, FollowerListener>()
  #sorted: readonly LiveStream[] | undefined
  #connection: ConnectionState = { state: 'connecting', code: 0, reason: '' }
  #isComplete = false
  #isConnecting = false
  #epoch = 0
  #clockOffset = 0
  #lastId = 0

  /**
   * @param worker runs live.worker.ts
   * @param url the server, "http://…"
   * @param options `token`: of a share link, instead of the session cookie; `isIdle`: does not connect before `connect`
   *   is called
   */
  constructor(
    worker: Worker,
    url: string,
    { token, isIdle = false }: { token?: string | undefined; isIdle?: boolean } = {},
  ) {
    this.#worker = worker
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data)
    this.#tell({ type: 'open', url, token })
    if (!isIdle) this.connect()
    this.#tellVisible()
    document.addEventListener('visibilitychange', () => this.#tellVisible())
    window.addEventListener('online', () => this.#isConnecting && this.retry())
  }

  /** All streams by label, then key, in natural order. A new array after each change. */
  get streams(): readonly LiveStream[] {
    this.#sorted ??= [...this.#streams.values()].sort(inOrder)
    return this.#sorted
  }

  /** Whether the server has listed all streams; before, an empty list does not mean that there are none. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** Increases when the server refuses: everything shown before must disappear. */
  get epoch(): number {
    return this.#epoch
  }

  get connection(): ConnectionState {
    return this.#connection
  }

  /** The server's time, whole ms since 1970: the offset may have half a one, which no time that is sent may have. */
  get serverNow(): number {
    return Math.round(Date.now() + this.#clockOffset)
  }

  /** Subscribes to changes of the streams and the connection, and to `serverNow` being set to another time. @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /**
   * Opens a tile: the worker draws the stream's pictures on the canvas.
   * @param canvas never drawn on before; its control is transferred to the worker for good
   */
  openTile(canvas: HTMLCanvasElement, stream: StreamName, listener: TileListener): FeedSubscription {
    const id = ++this.#lastId
    const offscreen = canvas.transferControlToOffscreen()
    this.#tiles.set(id, listener)
    this.#tell({ type: 'tile', id, canvas: offscreen, stream }, [offscreen])
    return this.#subscriptionOf(id, this.#tiles)
  }

  /** Opens a large view, which gets each picture decoded. */
  follow(stream: StreamName, listener: FollowerListener): FeedSubscription {
    const id = ++this.#lastId
    this.#followers.set(id, listener)
    this.#tell({ type: 'follow', id, stream })
    return this.#subscriptionOf(id, this.#followers)
  }

  /** Sets what is drawn over the pictures of the wall. */
  setOverlays(choice: OverlayChoice, classNames: readonly ClassNames[]): void {
    this.#tell({ type: 'overlays', choice, classNames })
  }

  /** Connects, if not done before. */
  connect(): void {
    if (this.#isConnecting) return
    this.#isConnecting = true
    this.retry()
  }

  /** Retries to connect at once; after a refusal it is the only way to reconnect. */
  retry(): void {
    this.#tell({ type: 'retry' })
  }

  #subscriptionOf(id: number, listeners: Map<number, unknown>): FeedSubscription {
    return {
      setDemand: (demand) => this.#tell({ type: 'demand', id, demand }),
      close: () => {
        if (listeners.delete(id)) this.#tell({ type: 'close', id })
      },
    }
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'shown':
        for (const shown of message.tiles) this.#tiles.get(shown.id)?.onPicture(shown)
        break
      case 'picture':
        this.#hand(message.id, message.picture, message.bitmap)
        break
      case 'undecodable':
        ;(this.#tiles.get(message.id) ?? this.#followers.get(message.id))?.onUndecodable(message.receivedAt)
        break
      case 'clock':
        this.#takeClock(message.offset)
        break
      case 'streams':
        this.#takeStreams(message.there, message.left)
        this.#isComplete = message.isComplete
        this.#changed()
        break
      case 'connection':
        this.#connection = message.connection
        if (isRefused(message.connection)) this.#forget()
        this.#changed()
        break
      case 'trouble':
        console.error(message.message)
        break
    }
  }

  #takeClock(offset: number): void {
    const before = this.#clockOffset
    this.#clockOffset = offset
    // Not of each small correction, which nobody could see.
    if (Math.abs(offset - before) > CLOCK_JUMP_MS) this.#changed()
  }

  /** After a refusal nothing received before may be shown. */
  #forget(): void {
    this.#streams.clear()
    this.#sorted = undefined
    this.#isComplete = false
    this.#epoch++
  }

  #takeStreams(there: readonly LiveStream[], left: readonly StreamName[]): void {
    for (const stream of there) {
      // Each new watch is answered with its streams, mostly unchanged ones, which must not re-render the wall.
      if (isUnchanged(this.#streams.get(streamId(stream)), stream)) continue
      this.#streams.set(streamId(stream), stream)
      this.#sorted = undefined
    }
    for (const stream of left) if (this.#streams.delete(streamId(stream))) this.#sorted = undefined
  }

  #hand(id: number, picture: Picture, bitmap: ImageBitmap): void {
    const done = () => this.#tell({ type: 'drawn', id, n: picture.n })
    const follower = this.#followers.get(id)
    if (!follower) {
      bitmap.close()
      done()
      return
    }
    // Handles both throwing and rejecting: a picture that is not acknowledged would block all others.
    new Promise<void>((resolve) => resolve(follower.onPicture(picture, bitmap))).then(done, (error) => {
      console.error(error)
      done()
    })
  }

  #tellVisible(): void {
    this.#tell({ type: 'visible', isVisible: document.visibilityState === 'visible' })
  }

  #tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #changed(): void {
    this.#listeners.notify()
  }
}

const inOrder = orderOfStreams(naturalOrder())

/** By how much the server's time must be another one than was known for it to be a change, ms. */
const CLOCK_JUMP_MS = 1000
