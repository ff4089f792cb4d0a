import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which code is measured. */
export interface SourceState {
  /** undefined outside of a checkout */
  readonly commit: string | undefined
  /** Of what the server is made of, whatever the commit says: figures of different hashes are of different servers. */
  readonly hash: string
}

const ROOT = join(import.meta.dirname, '../..')

export function sourceState(): SourceState {
  const hash = createHash('sha256')
  for (const path of globSync(['src/**/*', 'scripts/**/*.mjs', 'package-lock.json'], { cwd: ROOT, withFileTypes: true })
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
