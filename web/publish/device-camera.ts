import { Listeners } from '../../src/core/listeners.ts'
import { BACK, type CameraChoice, constraintsFor, FRONT } from './camera-constraints.ts'
import { type CameraTrouble, cameraTroubleOf } from './camera-trouble.ts'

/** The state of the camera. */
export type CameraState =
  | { readonly kind: 'off' }
  /** Waiting for the user's permission or for the camera. */
  | { readonly kind: 'opening' }
  | { readonly kind: 'on'; readonly stream: MediaStream; readonly track: MediaStreamTrack }
  | { readonly kind: 'trouble'; readonly trouble: CameraTrouble }

/** The requested camera and size. */
export interface CameraRequest {
  /** A choice's id; undefined: any. */
  readonly camera: string | undefined
  /** The longer side, in pixels. */
  readonly size: number
}

/** This device's camera. Handles races of opening and closing, so that it is never left on by mistake. */
export class DeviceCamera {
  readonly #listeners = new Listeners()
  readonly #isMobile: boolean
  #state: CameraState = { kind: 'off' }
  #choices: readonly CameraChoice[] = []
  /** Incremented to invalidate pending operations. */
  #turn = 0

  /** @param isMobile a phone or tablet, whose cameras are selected by side (front, back) */
  constructor(isMobile: boolean) {
    this.#isMobile = isMobile
  }

  get state(): CameraState {
    return this.#state
  }

  /** The available cameras; empty before the user's permission. A new array after each change. */
  get choices(): readonly CameraChoice[] {
    return this.#choices
  }

  /** Its maximum resolution: the longer side in pixels; undefined: unknown. */
  get largest(): number | undefined {
    if (this.#state.kind !== 'on' || !('getCapabilities' in this.#state.track)) return undefined
    const { width, height } = this.#state.track.getCapabilities()
    return Math.max(width?.max ?? 0, height?.max ?? 0) || undefined
  }

  /** The id of the camera in use; undefined: off or unknown. */
  get used(): string | undefined {
    if (this.#state.kind !== 'on') return undefined
    const { deviceId, facingMode } = this.#state.track.getSettings()
    const used = this.#isMobile ? SIDES[facingMode ?? ''] : deviceId
    return this.#choices.find(({ id }) => id === used)?.id
  }

  /** Subscribes to changes. @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Turns it on, or switches to another camera. Errors are reported by the state. */
  async open(request: CameraRequest): Promise<void> {
    const turn = ++this.#turn
    this.#release()
    if (!('mediaDevices' in navigator) || navigator.mediaDevices === undefined) {
      const kind = window.isSecureContext ? 'Unsupported' : 'Insecure'
      this.#become({ kind: 'trouble', trouble: { kind, reason: '' } })
      return
    }
    this.#become({ kind: 'opening' })
    try {
      const stream = await requestStream(request)
      if (turn !== this.#turn) return stop(stream)
      this.#take(stream)
      await this.#list()
    } catch (error) {
      if (turn === this.#turn) this.#become({ kind: 'trouble', trouble: cameraTroubleOf(error) })
    }
  }

  /** Requests another size, as far as the camera supports it. */
  async resize(size: number): Promise<void> {
    if (this.#state.kind !== 'on') return
    const { width, frameRate } = constraintsFor(undefined, size)
    // If the camera cannot change it continues as it is: pictures are scaled down before sending.
    await this.#state.track.applyConstraints({ width, frameRate } as MediaTrackConstraints).catch(() => {})
  }

  /** Turns it off. */
  close(): void {
    this.#turn++
    this.#release()
    this.#become({ kind: 'off' })
  }

  #take(stream: MediaStream): void {
    const [track] = stream.getVideoTracks()
    if (!track) throw new DOMException('the camera gave no picture', 'NotFoundError')
    const turn = this.#turn
    track.addEventListener('ended', () => {
      if (turn !== this.#turn) return
      this.#turn++
      this.#release()
      this.#become({ kind: 'trouble', trouble: { kind: 'Ended', reason: '' } })
    })
    this.#become({ kind: 'on', stream, track })
  }

  async #list(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => [])
    const cameras = devices.filter(({ kind }) => kind === 'videoinput')
    const sides = [FRONT, BACK].map((id) => ({ id, name: '' }))
    this.#choices = this.#isMobile ? sides : cameras.map(({ deviceId, label }) => ({ id: deviceId, name: label }))
    this.#tell()
  }

  #release(): void {
    if (this.#state.kind === 'on') stop(this.#state.stream)
  }

  #become(state: CameraState): void {
    if (state.kind === 'off' && this.#state.kind === 'off') return
    this.#state = state
    this.#tell()
  }

  #tell(): void {
    this.#listeners.notify()
  }
}

/** The sides by `facingMode` values. */
const SIDES: Readonly<Record<string, string>> = { user: FRONT, environment: BACK }

async function requestStream({ camera, size }: CameraRequest): Promise<MediaStream> {
  const ask = (which: string | undefined) =>
    navigator.mediaDevices.getUserMedia({ video: constraintsFor(which, size), audio: false })
  try {
    return await ask(camera)
  } catch (error) {
    // The stored camera does not exist any more.
    if (camera !== undefined && error instanceof Error && error.name === 'OverconstrainedError') return ask(undefined)
    throw error
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
