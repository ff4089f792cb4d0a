import { milliseconds } from '../reconnecting-socket.ts'
import { onReturn } from './on-return.ts'
import { Retry, type RetryOptions } from './retry.ts'
import { homeUrl } from './script-origin.ts'
import { type Token, tokenFor } from './token.ts'
import { isStillOpen, reasonOf } from './video-probe.ts'

/** Options of a VideoStreamClient. */
export interface VideoStreamClientOptions extends RetryOptions {
  /** `/stream/video/` of the server that the script is from, or another; its `?label=` and `?key=` choose a stream. */
  readonly url?: string | undefined
  /** Shown to the server on each attempt; default: the `?token=` of the address or of the page's own. */
  readonly token?: Token | undefined
  /** How long the first picture may take, ms, default 10 000. */
  readonly videoTimeout?: number | undefined
  /** How often it asks whether the video is still open, ms, default 10 000. */
  readonly checkInterval?: number | undefined
  /** How often the video is opened anew, ms, default 600 000: a browser's memory grows while one is open. */
  readonly renewInterval?: number | undefined
}

/** How a VideoStreamClient is. */
export interface VideoStatus {
  readonly state: 'stopped' | 'connecting' | 'streaming' | 'waiting'
  /** Whether a video is shown, also while another is opened in its place. */
  readonly isStreaming: boolean
  readonly quality: string
  /** What is shown; undefined: nothing. */
  readonly stream_url: string | undefined
  /** Why the last attempt failed, until one succeeds. */
  readonly error: string | undefined
}

/**
 * Shows live video (MJPEG) in an `<img>`, and opens it again whenever it is lost. Browsers report neither the end of such
 * a response nor a dead connection, so the server is asked now and then whether it still sends it.
 */
export class VideoStreamClient {
  /** Where the video is shown. */
  readonly image: HTMLImageElement
  readonly #url: URL
  readonly #token: Token | undefined
  readonly #retry: Retry
  readonly #videoTimeout: number
  readonly #checkInterval: number
  readonly #renewInterval: number
  /**
   * Loads the first picture of a video before it is shown, as the shown image would be empty until then. Browsers share
   * one response between images of the same address.
   */
  #preview: HTMLImageElement | undefined
  #quality = 'medium'
  /** How it is while nothing is shown. */
  #state: Exclude<VideoStatus['state'], 'streaming'> = 'stopped'
  /** What the current attempt opens. */
  #opening: URL | undefined
  #shown: URL | undefined
  #error: string | undefined
  #openedAt = 0
  /** The number of the current attempt, so that an abandoned one notices. */
  #attempt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopListening: (() => void) | undefined
  /** Those who wait for the result of the first attempt. */
  #waiting: { readonly resolve: (status: VideoStatus) => void; readonly reject: (error: Error) => void }[] = []

  /**
   * Shows nothing yet; call `startStream`.
   * @param element an `<img>`; beside a `<video>`, which cannot show MJPEG, one is put in its place
   * @throws TypeError when the address is invalid; RangeError when an option is out of range
   */
  constructor(element: HTMLImageElement | HTMLVideoElement, options: VideoStreamClientOptions = {}) {
    this.image = element instanceof HTMLVideoElement ? imageBeside(element) : element
    this.#url = options.url === undefined ? homeUrl('/stream/video/') : new URL(options.url, document.baseURI)
    this.#token = options.token
    this.#retry = new Retry(options)
    this.#videoTimeout = milliseconds('videoTimeout', options.videoTimeout ?? 10_000)
    this.#checkInterval = milliseconds('checkInterval', options.checkInterval ?? 10_000)
    this.#renewInterval = milliseconds('renewInterval', options.renewInterval ?? 600_000)
    this.image.addEventListener('load', () => this.#shows())
    this.image.addEventListener('error', () => this.#lost())
  }

  /**
   * Shows the video in a quality, also if it shows another now.
   * @param quality "low", "medium" or "high"
   * @returns resolves with the first picture
   * @throws Error with the server's sentence if the first attempt fails; it goes on trying all the same. A page need not
   *   catch it, as the status says it too
   */
  startStream(quality = this.#quality): Promise<VideoStatus> {
    this.#quality = quality
    this.#stopListening ??= onReturn(() => this.#returned())
    void this.#open()
    const first = new Promise<VideoStatus>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    first.catch(() => {})
    return first
  }

  /** Ends the video. */
  stopStream(): void {
    this.#endAttempt()
    this.#retry.cancel()
    this.#stopListening?.()
    this.#stopListening = undefined
    this.#state = 'stopped'
    this.#error = undefined
    this.#blank()
    this.#settle(new Error('stopStream() was called.'))
  }

  /** Another quality; while it is stopped, for the next start. @returns as `startStream` */
  changeQuality(quality: string): Promise<VideoStatus> {
    if (this.#state !== 'stopped') return this.startStream(quality)
    this.#quality = quality
    return Promise.resolve(this.getStatus())
  }

  /** How it is. */
  getStatus(): VideoStatus {
    return {
      state: this.#shown ? 'streaming' : this.#state,
      isStreaming: this.#shown !== undefined,
      quality: this.#quality,
      stream_url: this.#shown?.href,
      error: this.#error,
    }
  }

  /** Opens the video; what is shown stays until its first picture has come. */
  async #open(): Promise<void> {
    this.#endAttempt()
    this.#retry.cancel()
    const attempt = this.#attempt
    this.#state = 'connecting'
    this.#openedAt = Date.now()
    const url = new URL(this.#url)
    // An id for each, by which the server knows it.
    if (url.pathname.endsWith('/')) url.pathname += randomId()
    url.searchParams.set('quality', this.#quality)
    try {
      const token = await tokenFor(url, this.#token)
      if (attempt !== this.#attempt) return
      if (token !== undefined) url.searchParams.set('token', token)
    } catch (error) {
      if (attempt === this.#attempt) void this.#failed(error instanceof Error ? error.message : String(error))
      return
    }
    this.#opening = url
    this.#timer = setTimeout(() => void this.#failed(), this.#videoTimeout)
    const preview = new Image()
    this.#preview = preview
    preview.onload = () => this.#loaded(preview)
    preview.onerror = () => preview === this.#preview && void this.#failed()
    preview.src = url.href
  }

  #loaded(preview: HTMLImageElement): void {
    if (preview !== this.#preview || this.#shown === this.#opening) return
    this.#shown = this.#opening
    this.image.src = preview.src
    clearTimeout(this.#timer)
    this.#error = undefined
    this.#retry.succeeded()
    this.#settle()
    this.#timer = setTimeout(() => void this.#check(), this.#checkInterval)
  }

  /** The image has got a picture. Some browsers say so of each one, also of those of the video before. */
  #shows(): void {
    if (this.#preview && this.image.src === this.#preview.src) this.#endPreview()
  }

  /** The image gets nothing any more. */
  #lost(): void {
    if (!this.#shown) return
    if (this.#shown === this.#opening) void this.#failed()
    else this.#blank()
  }

  /** @param known why, if the page knows; else the server is asked */
  async #failed(known?: string): Promise<void> {
    const url = this.#opening
    const wasInPlace = this.#shown !== undefined && this.#shown !== url
    this.#endAttempt()
    this.#blank()
    const attempt = this.#attempt
    if (wasInPlace) {
      // The video that was shown may have had the last place of the server, or of this browser's connections.
      this.#timer = setTimeout(() => void this.#open(), FREED_MS)
      return
    }
    this.#state = 'waiting'
    const problem = known !== undefined || !url ? { message: known ?? '' } : await reasonOf(url)
    if (attempt !== this.#attempt) return
    this.#error = problem.message
    this.#retry.schedule(() => void this.#open(), problem.retryAfter)
    this.#settle(new Error(problem.message))
  }

  /** Whether the server still sends it; and now and then it is opened anew. */
  async #check(): Promise<void> {
    const attempt = this.#attempt
    const url = this.#shown
    const isOpen = url !== undefined && (await isStillOpen(url))
    if (attempt !== this.#attempt) return
    if (!isOpen || Date.now() - this.#openedAt >= this.#renewInterval) void this.#open()
    else this.#timer = setTimeout(() => void this.#check(), this.#checkInterval)
  }

  /** Somebody is back at the page, or the network is: on some devices the video has frozen, and nothing says so. */
  #returned(): void {
    if (!this.#shown && this.#state === 'waiting') this.#retry.hurry()
    else if (Date.now() - this.#openedAt >= JUST_NOW_MS) void this.#open()
  }

  #endAttempt(): void {
    this.#attempt++
    this.#opening = undefined
    this.#endPreview()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #endPreview(): void {
    const preview = this.#preview
    this.#preview = undefined
    if (preview) preview.src = BLANK
  }

  /** Shows nothing. An image that is taken out of the page would go on reading. */
  #blank(): void {
    this.#shown = undefined
    this.image.src = BLANK
  }

  #settle(error?: Error): void {
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error) reject(error)
      else resolve(this.getStatus())
    }
  }
}

function imageBeside(video: HTMLVideoElement): HTMLImageElement {
  const image = document.createElement('img')
  image.className = video.className
  image.alt = video.getAttribute('aria-label') ?? video.title
  video.hidden = true
  video.after(image)
  return image
}

/** Old browsers, and pages without HTTPS, have no `crypto.randomUUID`. */
function randomId(): string {
  return Math.random().toString(36).slice(2, 12)
}

/** A picture of one transparent pixel. */
const BLANK = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

/** How long the browser and the server have to close a video before another is opened, ms. */
const FREED_MS = 500
/** A video that has been opened within this time is not opened again for somebody who is back, ms. */
const JUST_NOW_MS = 3000
