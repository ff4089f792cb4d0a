import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version of the measured code. */
export interface SourceState {
  /** undefined outside of a checkout */
  readonly commit: string | undefined
  /** A hash of the measured source, including uncommitted changes: figures with different hashes are not comparable. */
  readonly hash: string
}

const ROOT = join(import.meta.dirname, '../..')

const SERVER = ['src/**/*', 'demo/**/*', 'scripts/**/*.mjs', 'package-lock.json']
const PAGE = ['web/**/*', 'client/**/*']

/** The version of the server's source, and for page benchmarks of the page's as well. */
export function sourceState({ isOfPage = false }: { isOfPage?: boolean }): SourceState {
  const hash = createHash('sha256')
  for (const path of globSync(isOfPage ? [...SERVER, ...PAGE] : SERVER, { cwd: ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort())
    hash.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path)).update('\0')
  return { commit: commit(), hash: hash.digest('hex').slice(0, 12) }
}

function commit(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}
