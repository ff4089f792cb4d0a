import { Listeners } from '../../src/core/listeners.ts'
import { BACK, type CameraChoice, constraintsFor, FRONT } from './camera-constraints.ts'
import { type CameraTrouble, cameraTroubleOf } from './camera-trouble.ts'

/** How the camera does. */
export type CameraState =
  | { readonly kind: 'off' }
  /** The browser asks the user, or the camera warms up. */
  | { readonly kind: 'opening' }
  | { readonly kind: 'on'; readonly stream: MediaStream; readonly track: MediaStreamTrack }
  | { readonly kind: 'trouble'; readonly trouble: CameraTrouble }

/** What is asked of the camera. */
export interface CameraRequest {
  /** A choice's id; undefined: any. */
  readonly camera: string | undefined
  /** Of the longer side, in pixels. */
  readonly size: number
}

/** This device's camera: on or off, and never on by mistake. */
export class DeviceCamera {
  readonly #listeners = new Listeners()
  readonly #isMobile: boolean
  #state: CameraState = { kind: 'off' }
  #choices: readonly CameraChoice[] = []
  /** Grows whenever what is under way is not wanted any more. */
  #turn = 0

  /** @param isMobile a phone or tablet, whose cameras are chosen by their side */
  constructor(isMobile: boolean) {
    this.#isMobile = isMobile
  }

  get state(): CameraState {
    return this.#state
  }

  /** The cameras there are; none before the user has allowed one. A new array after each change. */
  get choices(): readonly CameraChoice[] {
    return this.#choices
  }

  /** The longest side that it can give, in pixels; undefined: it does not tell. */
  get largest(): number | undefined {
    if (this.#state.kind !== 'on' || !('getCapabilities' in this.#state.track)) return undefined
    const { width, height } = this.#state.track.getCapabilities()
    return Math.max(width?.max ?? 0, height?.max ?? 0) || undefined
  }

  /** The choice that it is now; undefined: off, or unknown. */
  get used(): string | undefined {
    if (this.#state.kind !== 'on') return undefined
    const { deviceId, facingMode } = this.#state.track.getSettings()
    const used = this.#isMobile ? SIDES[facingMode ?? ''] : deviceId
    return this.#choices.find(({ id }) => id === used)?.id
  }

  /** Calls back after each change. @returns what ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Turns it on, or changes to another one. What goes wrong is told by the state. */
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

  /** Asks for another size, as far as the camera has it. */
  async resize(size: number): Promise<void> {
    if (this.#state.kind !== 'on') return
    const { width, frameRate } = constraintsFor(undefined, size)
    // A camera that cannot change goes on as it is: its pictures are made smaller when they are sent.
    await this.#state.track.applyConstraints({ width, frameRate } as MediaTrackConstraints).catch(() => {})
  }

  /** Turns it off: its light goes out. */
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

/** What browsers call the sides. */
const SIDES: Readonly<Record<string, string>> = { user: FRONT, environment: BACK }

async function requestStream({ camera, size }: CameraRequest): Promise<MediaStream> {
  const ask = (which: string | undefined) =>
    navigator.mediaDevices.getUserMedia({ video: constraintsFor(which, size), audio: false })
  try {
    return await ask(camera)
  } catch (error) {
    // A camera that was chosen once and is not there any more.
    if (camera !== undefined && error instanceof Error && error.name === 'OverconstrainedError') return ask(undefined)
    throw error
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
