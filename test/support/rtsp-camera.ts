import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'
import { until } from './until.ts'
import { type ClipKind, videoClip } from './video-clips.ts'

const SCRIPT = join(import.meta.dirname, '../fixtures/rtsp_camera.py')
/** That of the system, which has GStreamer's bindings. */
const PYTHON = process.env.BELVEDERE_TEST_GSTREAMER_PYTHON ?? '/usr/bin/python3'

/** A video of a camera, by its path. */
export interface CameraStream extends ClipKind {
  /** "/h264". */
  readonly path: string
  readonly codec: 'h264' | 'h265' | 'jpeg'
  /** Whether there is sound besides. */
  readonly hasAudio?: boolean
  /** `udp`: it is refused over TCP. */
  readonly transport?: 'any' | 'udp'
  /** Whether it says of each picture when it is due: an event `picture`. */
  readonly tells?: boolean
}

/** What a camera is like. */
export interface RtspCameraOptions {
  /** Left out: H.264 with AAC at `/h264`, H.265 at `/h265`, JPEG at `/jpeg`, 640 × 360 each. */
  readonly streams?: readonly CameraStream[]
  readonly user?: string
  readonly password?: string
  readonly authentication?: 'basic' | 'digest'
}

/** What it says: `listening`, and of others' requests PLAY, TEARDOWN, OPTIONS and GET_PARAMETER. */
export interface CameraEvent {
  readonly event: string
  readonly path?: string
  /** Of a picture: which one of the clip, from 0 on, and when it is due, ms since 1970. */
  readonly number?: number
  readonly at?: number
}

const STREAMS: readonly CameraStream[] = [
  { path: '/h264', codec: 'h264', hasAudio: true },
  { path: '/h265', codec: 'h265' },
  { path: '/jpeg', codec: 'jpeg' },
]

/** A real camera over RTSP on a free port of this machine: GStreamer's server in a process of its own. */
export class RtspCamera {
  readonly port: number
  /** What it has said, since it was started for the first time. */
  readonly events: CameraEvent[] = []
  readonly #options: RtspCameraOptions
  #process: ChildProcess | undefined
  #errors = ''

  private constructor(port: number, options: RtspCameraOptions) {
    this.port = port
    this.#options = options
  }

  /** Starts one for the current test. */
  static async start(options: RtspCameraOptions = {}): Promise<RtspCamera> {
    const camera = new RtspCamera(await freePort(), options)
    onTestFinished(() => camera.kill())
    await camera.startAgain()
    return camera
  }

  /** One that all tests of a file share; started on first use. */
  static ofFile(options: RtspCameraOptions = {}): () => Promise<RtspCamera> {
    let camera: Promise<RtspCamera> | undefined
    afterAll(async () => (await camera)?.kill())
    const open = async () => {
      const opened = new RtspCamera(await freePort(), options)
      await opened.startAgain()
      return opened
    }
    return () => {
      camera ??= open()
      return camera
    }
  }

  /** The address of a video, without user and password. */
  url(path = '/h264'): string {
    return `rtsp://127.0.0.1:${this.port}${path}`
  }

  /** Starts it anew on the same port, after `kill`. @param size of all its videos, if they are to be others */
  async startAgain(size?: ClipKind['size']): Promise<void> {
    const { streams = STREAMS, user, password, authentication = 'digest' } = this.#options
    const made = await Promise.all(streams.map((stream) => files(size ? { ...stream, size } : stream)))
    const login = user === undefined ? {} : { user, password: password ?? '', authentication }
    const options = JSON.stringify({ port: this.port, streams: made, ...login })
    const child = spawn(PYTHON, [SCRIPT, options], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#process = child
    const before = this.events.length
    createInterface({ input: child.stdout }).on('line', (line) => this.events.push(JSON.parse(line)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4000)
    })
    child.on('error', (error) => {
      this.#errors += String(error)
    })
    const isListening = () => this.events.slice(before).some(({ event }) => event === 'listening')
    await until(() => isListening() || child.exitCode !== null || child.pid === undefined, 'the camera listening')
    if (!isListening())
      throw new Error(
        `The RTSP server cannot be started (Debian: apt-get install gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad python3-gi): ${this.#errors}`,
      )
  }

  /** Goes on with pictures of another size, in the middle of the video; key frames have the new parameter sets. */
  async resize(path: string, size: ClipKind['size']): Promise<void> {
    const stream = (this.#options.streams ?? STREAMS).find((each) => each.path === path)
    if (!stream) throw new Error(`no video at ${path}`)
    const video = await videoClip({ ...stream, size })
    this.#process?.stdin?.write(`${JSON.stringify({ path, video })}\n`)
  }

  /** Stops its process (SIGSTOP): connections stay, and nothing comes. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  /** Lets it go on. */
  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  /** Waits until it has said so. @param count how often, since it was started for the first time */
  async saw(event: string, count = 1): Promise<void> {
    await until(() => this.events.filter((each) => each.event === event).length >= count, `${event} at the camera`)
  }
}

/** What the script is told of a video. */
async function files({ path, transport = 'any', hasAudio, tells = false, ...kind }: CameraStream) {
  const video = await videoClip(kind)
  const sound = hasAudio ? { audio: await videoClip({ codec: 'aac' }) } : {}
  return { path, codec: kind.codec, transport, tells, video, ...sound }
}
