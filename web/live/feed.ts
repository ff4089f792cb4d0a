import type { ClassNames } from '../../src/core/class-names.ts'
import { Listeners } from '../../src/core/listeners.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import { streamId } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { type ConnectionState, isRefused } from '../access/connection-state.ts'
import type { OverlayChoice } from '../overlay/overlay-choice.ts'
import { compareByName, isUnchanged } from './compare-streams.ts'
import type { FromWorker, Picture, ShownPicture, ToWorker, ViewDemand } from './worker-protocol.ts'

/** What a tile or the large view holds of a stream, for as long as it shows it. */
export interface FeedSubscription {
  /** What it can use now; undefined: it is out of view, and costs nothing. */
  setDemand(demand: ViewDemand | undefined): void
  /** It is gone. */
  close(): void
}

/** Takes a picture; the bitmap is its to close. The next comes when what it returns has settled. */
export type PictureListener = (picture: Picture, bitmap: ImageBitmap) => void | Promise<void>

/**
 * What is live, as the page knows it, through its worker: the streams, the connection, and what shows them. There is one for as
 * long as the page is open, and with it one worker and one connection, whatever the user looks at.
 */
export class Feed {
  readonly #worker: Worker
  readonly #streams = new Map<string, LiveStream>()
  readonly #listeners = new Listeners()
  readonly #tiles = new Map<number, (shown: ShownPicture) => void>()
  readonly #followers = new Map<number, PictureListener>()
  #sorted: readonly LiveStream[] | undefined
  #connection: ConnectionState = { state: 'connecting', code: 0, reason: '' }
  #isComplete = false
  #isConnecting = false
  #epoch = 0
  #clockOffset = 0
  #lastId = 0

  /**
   * @param worker runs live.worker.ts
   * @param url of the server, "http://…"
   * @param options `token`: of a share link, if the server does not know the page by its cookie; `isIdle`: does not
   *   connect before `connect` is called
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

  /** By label, then key, numbers in them by their value. A new array after each change. */
  get streams(): readonly LiveStream[] {
    this.#sorted ??= [...this.#streams.values()].sort(compareByName)
    return this.#sorted
  }

  /** Whether the server has told of all streams there are; before, none is not yet "none". */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** Grows when the server has refused: what was seen before must not be seen any more. */
  get epoch(): number {
    return this.#epoch
  }

  get connection(): ConnectionState {
    return this.#connection
  }

  /** ms since 1970 by the server's clock. */
  get serverNow(): number {
    return Date.now() + this.#clockOffset
  }

  /** Calls back after each change of the streams or the connection. @returns what ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /**
   * A tile: the worker draws the stream's pictures on the canvas.
   * @param canvas one that was never drawn on; it cannot be given back
   */
  openTile(canvas: HTMLCanvasElement, stream: StreamName, onShown: (shown: ShownPicture) => void): FeedSubscription {
    const id = ++this.#lastId
    const offscreen = canvas.transferControlToOffscreen()
    this.#tiles.set(id, onShown)
    this.#tell({ type: 'tile', id, canvas: offscreen, stream }, [offscreen])
    return this.#subscriptionOf(id, this.#tiles)
  }

  /** A large view: it is handed each picture, decoded. */
  follow(stream: StreamName, onPicture: PictureListener): FeedSubscription {
    const id = ++this.#lastId
    this.#followers.set(id, onPicture)
    this.#tell({ type: 'follow', id, stream })
    return this.#subscriptionOf(id, this.#followers)
  }

  /** What is drawn over the pictures of the wall. */
  setOverlays(choice: OverlayChoice, classNames: readonly ClassNames[]): void {
    this.#tell({ type: 'overlays', choice, classNames })
  }

  /** Connects, if that was not done before. */
  connect(): void {
    if (this.#isConnecting) return
    this.#isConnecting = true
    this.retry()
  }

  /** Does not wait any longer for the next attempt to connect; after a refusal it is made because of this. */
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
        for (const shown of message.tiles) this.#tiles.get(shown.id)?.(shown)
        break
      case 'picture':
        this.#hand(message.id, message.picture, message.bitmap)
        break
      case 'clock':
        this.#clockOffset = message.offset
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

  /** Whoever is refused may see none of what it was told before. */
  #forget(): void {
    this.#streams.clear()
    this.#sorted = undefined
    this.#isComplete = false
    this.#epoch++
  }

  #takeStreams(there: readonly LiveStream[], left: readonly StreamName[]): void {
    for (const stream of there) {
      // Each new watch is answered with its streams as they are: mostly as they were, which must not render the wall.
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
    // Whether it throws or rejects: a picture that is not given back would stop all others.
    new Promise<void>((resolve) => resolve(follower(picture, bitmap))).then(done, (error) => {
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
