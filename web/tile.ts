import type { LiveFrameHeader, LiveStream } from '../src/wire/live.ts'

/** One stream on the wall: its newest picture, its name, and how old the picture is. */
export class Tile {
  readonly element = document.createElement('figure')
  readonly #canvas = document.createElement('canvas')
  readonly #age = document.createElement('span')
  #receivedAt: number | undefined
  #isStopped = false
  #lastShown = 0
  #lastCame = 0

  constructor(label: string, key: string) {
    const name = document.createElement('span')
    name.className = 'name'
    name.textContent = `${label} / ${key}`
    this.#age.className = 'age'
    const caption = document.createElement('figcaption')
    caption.append(name, this.#age)
    this.element.append(this.#canvas, caption)
    this.#canvas.setAttribute('role', 'img')
    this.#canvas.setAttribute('aria-label', name.textContent)
  }

  update({ state, last_frame_at }: LiveStream): void {
    this.#isStopped = state !== 'live'
    this.#receivedAt ??= last_frame_at
  }

  /** Draws a picture; resolves when it is drawn. */
  async show(picture: Blob, { received_at }: LiveFrameHeader): Promise<void> {
    const came = ++this.#lastCame
    const bitmap = await createImageBitmap(picture)
    // Decoding runs side by side: an older picture may be done later.
    if (came > this.#lastShown) {
      this.#lastShown = came
      this.#receivedAt = received_at
      if (this.#canvas.width !== bitmap.width) this.#canvas.width = bitmap.width
      if (this.#canvas.height !== bitmap.height) this.#canvas.height = bitmap.height
      this.#canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
    }
    bitmap.close()
  }

  /** Shows how old the picture is at `now`, the server's time. */
  tell(now: number, isConnected: boolean): void {
    const isLive = isConnected && !this.#isStopped
    this.element.classList.toggle('stopped', !isLive)
    if (this.#receivedAt === undefined) return
    const seconds = Math.max(0, now - this.#receivedAt) / 1000
    this.#age.textContent = isLive ? `${seconds.toFixed(1)} s` : `stopped ${inWords(seconds)} ago`
  }
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`
}
