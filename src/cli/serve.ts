import { keptPublishKey } from '../access/publish-key.ts'
import { loadConfig } from '../config/load.ts'
import { type RunningServer, startServer } from '../server.ts'
import { makeLog } from '../telemetry/log.ts'
import { UsageError } from './usage.ts'
import { firstUserNote, shownKey, welcome } from './welcome.ts'

/** `belvedere serve`: runs until it is told to stop (SIGTERM, SIGINT). */
export async function serve(argv: string[]): Promise<number> {
  const config = loadConfig({ argv, env: process.env, cwd: process.cwd() })
  const log = await makeLog(config.log)
  const publishKey = config.publish_key ?? keptKey(config.data_dir)
  const server = await started(() => startServer({ config, publishKey, log }), config)
  const key = shownKey(publishKey, {
    configured: config.publish_key !== undefined,
    variable: process.env.BELVEDERE_PUBLISH_KEY,
    isTerminal: process.stdout.isTTY === true,
  })
  const { firstUser } = server
  if (config.log.level !== 'silent') console.log(welcome({ url: server.url, key, firstUser }))
  // It can be learnt nowhere else.
  else if (firstUser?.madeUp !== undefined) console.log(firstUserNote(firstUser))

  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => resolve(name))
  })
  log.info({ signal }, 'going down')
  const lastWord = setTimeout(() => {
    log.warn({}, 'not everything ended in time')
    process.exit(1)
  }, MOST_MS)
  await server.close()
  clearTimeout(lastWord)
  return 0
}

/** Whoever stops the server is promised that it is gone after 5 s. */
const MOST_MS = 4500

function keptKey(dataDir: string): string {
  try {
    return keptPublishKey(dataDir)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`The publish key cannot be kept in ${dataDir} (data_dir): ${error.message}`)
  }
}

async function started(
  start: () => Promise<RunningServer>,
  { host, port }: { host: string; port: number },
): Promise<RunningServer> {
  try {
    return await start()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE')
      throw new UsageError(
        `Port ${port} on ${host} is taken by another program. Choose another with --port, 0 for any.`,
      )
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new UsageError(
        `This machine has no address ${host} (host). 127.0.0.1 is this machine alone, 0.0.0.0 all its networks.`,
      )
    if (code === 'EACCES')
      throw new UsageError(`This user may not listen on port ${port}. Choose one above 1023 with --port.`)
    throw error
  }
}
