import { once } from 'node:events'
import { withoutSlash } from '../access/base-path.ts'
import { loadOrCreatePublishKey } from '../access/publish-key.ts'
import type { Config } from '../config/all-settings.ts'
import { loadConfig } from '../config/load-config.ts'
import { configuredInstruments } from '../features/instruments/configured.ts'
import { type RunningServer, startServer } from '../server.ts'
import { makeLog } from '../telemetry/logger.ts'
import type { CommandContext } from './context.ts'
import { keyCommand, ownCommand } from './own-command.ts'
import { UsageError } from './usage-error.ts'
import { firstUserNote, type KeyOrigin, shownKey, welcome } from './welcome.ts'

/** `belvedere serve`: runs the server until SIGTERM, SIGINT or SIGHUP, then shuts down gracefully. */
export async function serve(argv: readonly string[], context: CommandContext): Promise<number> {
  const { env, cwd, stdout } = context
  const config = loadConfig({ argv, env, cwd })
  const log = await makeLog(config.log, stdout)
  const { key: publishKey, from } = publishKeyOf(config)
  const server = await started(() => startServer({ config, publishKey, log }), config)
  const key = shownKey(publishKey, {
    from,
    variable: env.BELVEDERE_PUBLISH_KEY,
    isTerminal: stdout.isTTY === true,
    command: keyCommand(config, cwd),
  })
  const url = server.url + withoutSlash(config.http.base_path)
  const firstUser = server.firstUser && {
    ...server.firstUser,
    command: ownCommand(`user password ${server.firstUser.username}`, config, cwd),
  }
  const instruments = config.sources.pull ? configuredInstruments(config) : []
  if (config.log.level !== 'silent')
    stdout.write(`${welcome({ url, key, firstUser, instruments, hasDemo: config.demo.start })}\n`)
  // The generated password is printed nowhere else.
  else if (firstUser?.generatedPassword !== undefined) stdout.write(`${firstUserNote(firstUser)}\n`)

  // Read only now: until then the signals kill a server that is still starting.
  const { signal } = context
  if (!signal.aborted) await once(signal, 'abort')
  log.info({ signal: signal.reason }, 'going down')
  await server.close()
  return 0
}

/** @throws UsageError when one is to be kept and cannot */
function publishKeyOf({ publish_key, data_dir }: Config): { readonly key: string; readonly from: KeyOrigin['from'] } {
  if (publish_key !== undefined) return { key: publish_key, from: 'configured' }
  try {
    const { key, isNew } = loadOrCreatePublishKey(data_dir)
    return { key, from: isNew ? 'made' : 'kept' }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`The publish key cannot be kept in ${data_dir} (data_dir): ${error.message}`)
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
