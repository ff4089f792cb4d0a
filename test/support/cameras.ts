import type { Camera, CameraOrigin, CameraSettings, CameraStatus } from '../../src/core/camera.ts'
import type { CameraPuller, CameraTestResult } from '../../src/core/camera-puller.ts'
import { jpeg } from './pictures.ts'

/** The status of a camera that nobody watches. */
export const IDLE: CameraStatus = {
  state: 'idle',
  reason: 'on demand: nobody is watching',
  lastError: undefined,
  restarts: 0,
  bytes: 0,
  bytesPerSecond: 0,
  rate: 0,
  codec: undefined,
  size: undefined,
  keyInterval: undefined,
  clock: undefined,
  isDecoding: false,
}

/** What a test of a camera finds, unless the test says otherwise. */
export const TEST_RESULT: CameraTestResult = {
  picture: jpeg(64, 36),
  size: { width: 1280, height: 720 },
  codec: 'h264',
  tookMs: 312.4,
  clock: 'camera',
}

/** Pulls nothing, and notes what it was asked to. */
export class FakePuller implements CameraPuller {
  /** The cameras that run, as "label/key". */
  readonly running: string[] = []
  /** All that were ever started, with where they came from. */
  readonly started: { readonly settings: CameraSettings; readonly origin: CameraOrigin }[] = []
  /** The cameras that were to be tried again. */
  readonly retried: string[] = []
  status: CameraStatus = IDLE
  /** What `start` throws. */
  fault: Error | undefined
  /** What tests do. */
  onTest: (settings: CameraSettings, signal: AbortSignal) => Promise<CameraTestResult> = async () => TEST_RESULT
  /** Every camera that was tested. */
  readonly tested: { readonly settings: CameraSettings; readonly origin: CameraOrigin }[] = []

  start(settings: CameraSettings, origin: CameraOrigin): Camera {
    if (this.fault) throw this.fault
    const name = `${settings.stream.label}/${settings.stream.key}`
    if (this.running.includes(name)) throw new Error(`${name} runs already`)
    this.running.push(name)
    this.started.push({ settings, origin })
    const status = () => this.status
    return {
      settings,
      get status() {
        return status()
      },
      retry: () => void this.retried.push(name),
      stop: async () => {
        await Promise.resolve()
        const at = this.running.indexOf(name)
        if (at >= 0) this.running.splice(at, 1)
      },
    }
  }

  test(settings: CameraSettings, origin: CameraOrigin, signal: AbortSignal): Promise<CameraTestResult> {
    this.tested.push({ settings, origin })
    return this.onTest(settings, signal)
  }

  async ffmpeg() {
    return { version: '5.1.9', problem: undefined }
  }
}
