import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { until } from '../../test/support/until.ts'
import { systemClock } from '../telemetry/system-clock.ts'
import { runProgram } from './program-run.ts'

/** A folder with a program of this text. */
function program(lines: string, interpreter = '/bin/sh') {
  const folder = mkdtempSync(join(tmpdir(), 'belvedere-program-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'program')
  writeFileSync(path, `#!${interpreter}\n${lines}\n`)
  chmodSync(path, 0o700)
  const file = (name: string) => readFileSync(join(folder, name), 'utf8')
  return { path, folder, file }
}

function run(
  path: string,
  args: readonly string[] = [],
  { maxBytes = 1000, grace = 10_000, signal = new AbortController().signal } = {},
) {
  return runProgram(path, args, { clock: systemClock, maxBytes, grace }, signal)
}

const textOf = ({ output }: { readonly output: Uint8Array }) => Buffer.from(output).toString()

/** Whether a process is there. */
function isAlive(id: string): boolean {
  try {
    process.kill(Number(id), 0)
    // A zombie that nobody has waited for is no process any more.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${Number(id)}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('a program', () => {
  it('gets its arguments as they are, an empty input, and nothing of our environment', async () => {
    process.env.BELVEDERE_TEST_SECRET = 'x'
    onTestFinished(() => {
      delete process.env.BELVEDERE_TEST_SECRET
    })
    const { path } = program('printf "%s\\n" "$#" "$@"; pwd; cat; env | cut -d= -f1 | sort')
    const args = ['a b', '$(id)', '; rm x', "'", '']
    const lines = textOf(await run(path, args)).split('\n')
    expect(lines.slice(0, 7)).toEqual(['5', ...args, '/'])
    expect(lines.slice(7).filter((name) => !['PWD', '_', 'SHLVL', 'OLDPWD', ''].includes(name))).toEqual([
      'LANG',
      'PATH',
    ])
  })

  it.each([
    ['exit 3', 'the program ended with exit code 3.'],
    ['kill -KILL $$', 'the program was killed (SIGKILL).'],
  ])('that ends with "%s" has failed', async (lines, message) => {
    const { path } = program(`echo wrong >&2; ${lines}`)
    await expect(run(path)).rejects.toMatchObject({ message, fields: { stderr: 'wrong\n' } })
  })

  it('that cannot be started has failed, and the message has no argument', async () => {
    await expect(run('/nowhere/program', ['secret'])).rejects.toThrow(/^the program could not be started \(ENOENT\)\.$/)
    await expect(run(tmpdir(), ['secret'])).rejects.toThrow('the program could not be started (EACCES).')
    const { path } = program('')
    await expect(run(path, ['x'.repeat(1e7)])).rejects.toThrow('the program could not be started (E2BIG).')
    await expect(run(path, ['\0'])).rejects.toThrow('the program could not be started (ERR_INVALID_ARG_VALUE).')
  })

  it('that writes more than is kept is read to its end', async () => {
    const { path } = program('head -c 3000 /dev/zero | tr "\\0" x; echo end >&2')
    const output = await run(path)
    expect([textOf(output), output.isCut]).toEqual(['x'.repeat(1000), true])
  })

  it.each(['yes', 'yes >&2', 'trap "" TERM PIPE; while :; do echo still here; done'])(
    'that writes without end (%s) is killed',
    async (lines) => {
      await expect(run(program(lines).path)).rejects.toThrow('the program wrote more than 16000 bytes and was killed.')
    },
  )
})

describe('at the limit', () => {
  it('a program that hangs is asked to end', async () => {
    const { path, folder, file } = program(
      'trap "echo bye > bye; exit" TERM; cd "$1"; echo $$ > id; while :; do sleep 0.01; done',
    )
    const limit = new AbortController()
    const running = run(path, [folder], { signal: limit.signal })
    await until(() => read(() => file('id')) !== '', 'its start')
    limit.abort(new Error('too late'))
    await expect(running).rejects.toThrow('too late')
    expect([file('bye'), isAlive(file('id'))]).toEqual(['bye\n', false])
  })

  it('what it has started ends with it, also what does not want to', async () => {
    const { path, folder, file } = program(
      'trap "" TERM; cd "$1"; (echo $(exec sh -c "echo \\$PPID") > child; while :; do sleep 0.01; done) & echo $$ > id; wait',
    )
    const limit = new AbortController()
    const running = run(path, [folder], { signal: limit.signal, grace: 50 })
    await until(() => read(() => file('id')) !== '' && read(() => file('child')) !== '', 'its start')
    limit.abort(new Error('too late'))
    await expect(running).rejects.toThrow('too late')
    await until(() => !isAlive(file('id')) && !isAlive(file('child')), 'the end of both')
  })

  it('a program that has ended by itself leaves nothing behind', async () => {
    const { path, folder, file } = program('cd "$1"; sleep 1000 & echo $! > child; echo done')
    expect(textOf(await run(path, [folder], { grace: 50 }))).toBe('done\n')
    await until(() => !isAlive(file('child')), 'the end of its child')
  })

  it('a program that has become another user’s does not hold the end up', async () => {
    const { path } = program('exec sleep 60')
    const denied = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
    })
    onTestFinished(() => {
      const [group] = denied.mock.calls[0] ?? []
      denied.mockRestore()
      process.kill(Number(group), 'SIGKILL')
    })
    await expect(run(path, [], { grace: 50, signal: AbortSignal.timeout(50) })).rejects.toThrow('runs as another user')
  })

  it('what has left its process group does not hold the answer up', async () => {
    const { path, folder, file } = program(
      `const child = require('node:child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' })
      require('node:fs').writeFileSync(process.argv[2] + '/child', String(child.pid))
      console.log('done')
      child.unref()`,
      process.execPath,
    )
    onTestFinished(() => {
      process.kill(Number(file('child')))
    })
    expect(textOf(await run(path, [folder]))).toBe('done\n')
  })
})

function read(reading: () => string): string {
  try {
    return reading()
  } catch {
    return ''
  }
}
