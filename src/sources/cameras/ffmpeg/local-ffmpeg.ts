import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Clock } from '../../../core/clock.ts'
import { ProcessGroup } from '../../../processes/process-group.ts'
import { START_OPTIONS, startProgram } from '../../../processes/started-program.ts'
import { CameraFailure } from '../camera-input.ts'
import type { FfmpegProgram, FoundFfmpeg } from '../ffmpeg-program.ts'
import { FfmpegStarts } from './ffmpeg-starts.ts'
import { type FfmpegVersion, LEAST_VERSION, readVersion } from './ffmpeg-version.ts'

/** Where it is looked for, and how many may start at the same time. */
export interface LocalFfmpegRules {
  readonly clock: Clock
  /** Its path, or a name that is looked for in the folders of PATH (`cameras.ffmpeg`). */
  readonly name: string
  readonly startsAtOnce: number
}

/** The `ffmpeg` that is installed on this machine. Its version is asked for once a file. */
export class LocalFfmpeg implements FfmpegProgram {
  readonly #rules: LocalFfmpegRules
  readonly #starts: FfmpegStarts
  #known: { readonly file: string; readonly version: Promise<Probed | undefined> } | undefined

  constructor(rules: LocalFfmpegRules) {
    this.#rules = rules
    this.#starts = new FfmpegStarts(rules.startsAtOnce)
  }

  async find(): Promise<FoundFfmpeg> {
    const { name, clock } = this.#rules
    const at = await located(name)
    if (!at) throw new CameraFailure('ffmpeg', `${missing(name)} ${INSTALL}`)
    // Replaced by an upgrade, it is another file, or the same one changed.
    if (this.#known?.file !== at.file) this.#known = { file: at.file, version: probe(at.path, clock) }
    const probed = await this.#known.version
    if (!probed) {
      // It may only have been too slow, on a machine that is busy.
      this.#known = undefined
      throw new CameraFailure(
        'ffmpeg',
        `${at.path} does not say which version it is; it may be damaged, or no FFmpeg. ${INSTALL}`,
      )
    }
    const { version, isNewEnough, startedBy } = probed
    if (!isNewEnough)
      throw new CameraFailure(
        'ffmpeg',
        `${at.path} is FFmpeg ${version}; ${LEAST_VERSION} or newer is needed. ${INSTALL}`,
      )
    return { path: at.path, version, startedBy }
  }

  turn(signal: AbortSignal): Promise<() => void> {
    return this.#starts.turn(signal)
  }
}

const INSTALL =
  'On Debian and Ubuntu it is installed with "sudo apt install ffmpeg", on Fedora with "sudo dnf install ffmpeg-free"; for others see https://ffmpeg.org/download.html.'

function missing(name: string): string {
  return name === 'ffmpeg' ? 'FFmpeg is not installed.' : `There is no program ${name} (cameras.ffmpeg).`
}

/** How long it may take to say its version, ms: the first time it is read from the disk. */
const PROBE_MS = 20_000
const GRACE_MS = 500

/** Ends the program that it starts when the thread that started it ends (prctl PR_SET_PDEATHSIG). Of util-linux; BusyBox has another. */
const SETPRIV_ARGS = ['--pdeathsig', 'KILL', '--'] as const

interface Located {
  readonly path: string
  /** Which file it is, and as of when. */
  readonly file: string
}

async function located(name: string): Promise<Located | undefined> {
  const paths = isAbsolute(name)
    ? [name]
    : (process.env.PATH ?? '')
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name))
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() && (found.mode & 0o111) > 0)
      return { path, file: `${path} ${found.dev} ${found.ino} ${found.mtimeMs}` }
  }
  return undefined
}

/** What a program says of itself, and what it is started by. */
interface Probed extends FfmpegVersion, Pick<FoundFfmpeg, 'startedBy'> {}

/** @returns undefined if it does not say its version */
async function probe(path: string, clock: Clock): Promise<Probed | undefined> {
  const setpriv = await located('setpriv')
  const startedBy = setpriv && ([setpriv.path, ...SETPRIV_ARGS] as const)
  // An old one does not know the option.
  const bySetpriv = startedBy && readVersion(await output([...startedBy, path], clock))
  if (bySetpriv) return { ...bySetpriv, startedBy }
  const version = readVersion(await output([path], clock))
  return version && { ...version, startedBy: undefined }
}

/** What it writes when it is asked for its version; what it has written until then if it does not end, or fails. */
async function output([path = '', ...args]: readonly string[], clock: Clock): Promise<string> {
  const started = await startProgram(() =>
    spawn(path, [...args, '-version'], { ...START_OPTIONS, stdio: ['ignore', 'pipe', 'ignore'] }),
  ).catch(() => undefined)
  if (!started) return ''
  const { child, id } = started
  const group = new ProcessGroup(id, clock, GRACE_MS)
  const end = () => void group.end()
  const cancel = clock.after(PROBE_MS, end)
  let length = 0
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MOST_OUTPUT) group.kill()
  })
  const written = await text(child.stdout).catch(() => '')
  cancel()
  await group.end()
  return written
}

const MOST_OUTPUT = 65_536
