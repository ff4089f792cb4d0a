import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/command.ts'
import { streamTo } from '../../test/support/command-runners.ts'
import type { CommandContext } from './context.ts'
import { run } from './run.ts'

/** A context that collects the output. */
function makeContext(changes: Partial<CommandContext> = {}) {
  const written = { stdout: '', stderr: '' }
  const context: CommandContext = {
    env: {},
    cwd: temporaryFolder(),
    stdin: Readable.from([]),
    stdout: streamTo((text) => {
      written.stdout += text
    }),
    stderr: streamTo((text) => {
      written.stderr += text
    }),
    signal: new AbortController().signal,
    ...changes,
  }
  return { context, written }
}

describe('the command line', () => {
  it('tells the whole story of a mistake that is not the user’s', async () => {
    const stdin = new Readable({ read: () => stdin.destroy(new Error('a mistake of ours')) })
    const { context, written } = makeContext({ stdin })
    expect(await run(['user', 'add', 'bob', '--data-dir', 'data'], context)).toBe(1)
    expect(written.stderr).toMatch(/^Error: a mistake of ours\n +at /)
  })

  it('explains itself wherever --help or -h stands', async () => {
    for (const [argv, first] of [
      [['--help'], 'belvedere COMMAND'],
      [['publish', '--help'], 'belvedere publish DIR|FILE…'],
      [['publish', 'pictures', '--loop', '-h'], 'belvedere publish DIR|FILE…'],
      [['user', 'add', '--help'], 'belvedere user COMMAND'],
      [['simulate', 'beamline', '-h'], 'belvedere COMMAND'],
      [['serve', '-O', 'beam', '--help'], 'belvedere COMMAND'],
    ] as const) {
      const { context, written } = makeContext()
      expect([await run(argv, context), written.stderr]).toEqual([0, ''])
      expect(written.stdout.startsWith(first)).toBe(true)
    }
  })

  it('reads paths as relative to the user’s folder, and names them as they were typed', async () => {
    const { context, written } = makeContext({ env: { BELVEDERE_PUBLISH_KEY: 'a-publish-key-for-tests' } })
    expect(await run(['publish', 'photos'], context)).toBe(1)
    expect(written.stderr).toBe('photos does not exist.\n')
  })

  it('ends at once when it was told to stop before it had started', async () => {
    const { context, written } = makeContext({ signal: AbortSignal.abort('SIGTERM') })
    expect(await run(['serve', '--port', '0', '--data-dir', 'data'], context)).toBe(0)
    expect(written.stdout).toMatch(/"signal":"SIGTERM","msg":"going down"/)
    expect(written.stderr).toBe('')
  })

  it('leaves nothing open behind a start that fails', async () => {
    const { context } = makeContext()
    const flags = ['--data-dir', 'data', '--port', '0', '--http.static-dir', '/nowhere']
    expect(await run(['serve', ...flags], context)).toBe(1)
    // SQLite removes its journal as the last connection closes.
    expect(readdirSync(join(context.cwd, 'data')).sort()).toEqual([
      'belvedere.db',
      'events.db',
      'events.db-unstored',
      'instance.id',
      'publish.key',
    ])
  })

  it('loads everything for the compiler and does nothing', async () => {
    const { context, written } = makeContext()
    expect(await run(['compile'], context)).toBe(0)
    expect(written).toEqual({ stdout: '', stderr: '' })
  })
})
