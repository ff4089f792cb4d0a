import { basename, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DISCONNECTED } from '../../client/index.ts'
import { readPublishKey } from '../access/publish-key.ts'
import { loadConfig } from '../config/load-config.ts'
import { type OwnOptions, readArguments } from './arguments.ts'
import type { CommandContext } from './context.ts'
import { isHelp } from './help.ts'
import { readPictures } from './picture-files.ts'
import { openPublisher } from './publisher.ts'
import { UsageError } from './usage-error.ts'

/** What `belvedere publish --help` prints. */
const HELP = `belvedere publish DIR|FILE… [OPTION …]

  --label L       What the stream belongs to, such as a site (default: pictures).
  --key K         The name of the stream, such as a camera (default: the name of the first folder or file).
  --fps N         Pictures a second, above 0, at most 1000 (default: 10).
  --loop          Begin again after the last picture, until Ctrl-C.
  --url URL       The server (default: BELVEDERE_URL, else this machine at the port of the settings).
  --token KEY     A key that may publish (default: the publish key of the data folder here).

Publishes JPEG, PNG and WebP files, those of a folder in the order of their numbers. NAME.json beside NAME.jpg is its metadata:
"warnings", "cone_polygons", "pole_polygons", "detection_items", "width" and "height" are what a detector found, all else is
shown as it is. What in a folder cannot be read is named and left out. The exit code is 1 if anything was left out or refused.`

/** `belvedere publish`: publishes picture files as a stream, over `WS /ws/frames`. */
export async function publish(argv: readonly string[], context: CommandContext): Promise<number> {
  const { cwd, stdout, stderr, signal } = context
  if (argv.some(isHelp)) {
    stdout.write(`${HELP}\n`)
    return 0
  }
  const options = readOptions(argv, context)
  const { pictures, leftOut } = readPictures(options.paths, cwd)
  for (const sentence of leftOut) stderr.write(`${sentence}\n`)
  const stop = new AbortController()
  const { publisher, count } = openPublisher(options.url, options.token, (line) => stderr.write(`${line}\n`))
  // Disconnected for good: by a signal, or because the server refused.
  let isLetIn = true
  publisher.on('disconnected', ({ code }) => {
    isLetIn = code !== DISCONNECTED.refused
    stop.abort()
  })
  if (signal.aborted) publisher.close()
  signal.addEventListener('abort', () => publisher.close(), { once: true })
  const { label, key, fps, loop } = options
  stdout.write(
    `${pictures.length} pictures to ${label}/${key} at ${options.url}, ${fps}/s${loop ? ', until Ctrl-C' : ''}\n`,
  )

  let due = performance.now()
  for (let sent = 0; loop || sent < pictures.length; sent++) {
    await pause(Math.max(0, due - performance.now()), stop.signal)
    const picture = pictures[sent % pictures.length]
    if (!picture || stop.signal.aborted) break
    // Frames missed while the server was unreachable are not caught up on.
    due = Math.max(due, performance.now() - MOST_BEHIND_MS) + 1000 / fps
    const header = { ...picture.fields, label, key, captured_at: Date.now() }
    await publisher.publish(header, picture.bytes, picture.path).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error
    })
  }
  await publisher.end()
  if (isLetIn) stdout.write(`${count.stored} published, ${count.refused} refused\n`)
  return isLetIn && count.refused === 0 && leftOut.length === 0 ? 0 : 1
}

/** Sleeps for `ms`, or until the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {})
}

const MOST_BEHIND_MS = 500

const OPTIONS: OwnOptions = new Map([
  ['label', 'value'],
  ['key', 'value'],
  ['fps', 'value'],
  ['loop', 'switch'],
  ['url', 'value'],
  ['token', 'value'],
])

function readOptions(argv: readonly string[], { env, cwd }: CommandContext) {
  const { words: paths, options } = readArguments(argv, OPTIONS, { takesSettings: false, exitCode: 1 })
  const [first] = paths
  if (first === undefined) throw new UsageError('What to publish? Give a folder of pictures or some files.')
  const fps = Number(options.get('fps') ?? 10)
  if (!(fps > 0 && fps <= 1000)) throw new UsageError('--fps must be a number above 0, at most 1000.')
  // Defaults come from this checkout's settings; a remote server's key must be given.
  const config = loadConfig({ argv: [], env, cwd })
  const token = options.get('token') ?? config.publish_key ?? readPublishKey(config.data_dir)
  if (token === undefined)
    throw new UsageError(
      'No publish key: give --token or BELVEDERE_PUBLISH_KEY, or start the server once, which makes one.',
    )
  return {
    paths,
    label: options.get('label') ?? 'pictures',
    key: options.get('key') ?? basename(resolve(cwd, first)).replace(/\.[^.]+$/, ''),
    fps,
    loop: options.has('loop'),
    url: options.get('url') ?? env.BELVEDERE_URL ?? `http://127.0.0.1:${config.port}`,
    token,
  }
}
