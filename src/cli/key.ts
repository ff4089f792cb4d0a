import { withoutSlash } from '../access/base-path.ts'
import { readPublishKey } from '../access/publish-key.ts'
import { loadConfig } from '../config/load-config.ts'
import { readArguments } from './arguments.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './usage-error.ts'
import { linkTo } from './welcome.ts'

/** `belvedere key`: prints the publish key and, on a terminal, the link that opens the page with it. */
export async function key(argv: readonly string[], { env, cwd, stdout }: CommandContext): Promise<number> {
  const { words, settings } = readArguments(argv, new Map())
  if (words.length > 0) throw new UsageError('It goes: belvedere key', 2)
  const config = loadConfig({ argv: settings, env, cwd })
  const found = config.publish_key ?? readPublishKey(config.data_dir)
  if (found === undefined)
    throw new UsageError(
      `There is no publish key in ${config.data_dir} (data_dir): is that the server's folder? It makes one at its first start.`,
    )
  stdout.write(`${found}\n`)
  if (stdout.isTTY === true && config.port !== 0) {
    const scheme = config.http.tls.cert === undefined ? 'http' : 'https'
    const page = `${scheme}://localhost:${config.port}${withoutSlash(config.http.base_path)}`
    stdout.write(`\n  Open the page with the right to publish:\n\n    ${linkTo(page, found)}\n`)
  }
  return 0
}
