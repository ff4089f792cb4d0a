import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** What makes an address of its own, or sees one as it is, without regard to what the server is below. */
const ADDRESSES: readonly RegExp[] = [
  /\blocation\.(origin|pathname|assign|replace|href)\b/,
  /\bhistory\.(push|replace)State\b/,
  /\bwindow\.open\(/,
  /\b(href|src|action)=["'{`]+\//,
  // Beside `fetch(serverUrl(…))`, and of the SDK `fetch(onServer(…))`, `fetch(addressOf(…))`.
  /\bfetch\((?!serverUrl\(|onServer\(|addressOf\(|url\b)/,
  /new (URL|WebSocket|EventSource)\(['"`]\//,
]

/** Where that is done for all others, or has nothing to do with a path of the server. */
const MAY = [
  'web/server-address.ts',
  // The script's own address.
  'client/script-tag/script-origin.ts',
]

it('addresses of ours are made in one place, which knows the path that the server is below', () => {
  const files = globSync(['web/**/*.{ts,tsx}', 'client/**/*.ts'], { cwd: ROOT }).filter(
    (file) => !file.endsWith('.test.ts') && !MAY.includes(file),
  )
  expect(files.length).toBeGreaterThan(200)
  const found = files.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(\*|\/\*|\/\/)/.test(line) && ADDRESSES.some((address) => address.test(line)))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(found).toEqual([])
})
