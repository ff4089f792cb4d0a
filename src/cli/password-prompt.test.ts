import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { until } from '../../test/support/until.ts'
import { newPassword, passwordSource } from './password-prompt.ts'

/** A fake terminal with a user who types. */
function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const questions = new PassThrough()
  let shown = ''
  questions.on('data', (text) => {
    shown += text
  })
  return {
    input,
    questions,
    shown: () => shown,
    /** Types an answer once the prompt has been written. */
    async answer(question: string, text: string) {
      await until(() => shown.endsWith(question), question)
      input.write(text)
    },
  }
}

/** A standard input that is not a terminal. */
function piped(...parts: (string | Uint8Array)[]) {
  const input = new PassThrough()
  for (const part of parts) input.write(part)
  input.end()
  return { input, questions: new PassThrough() }
}

describe('a password that is asked for', () => {
  it('is asked for twice, and not shown', async () => {
    const at = terminal()
    const given = newPassword('prompt', at, 'bob')
    await at.answer('New password of "bob": ', 'correct horse\r')
    await at.answer('The same again: ', 'correct horse\r')
    expect(await given).toBe('correct horse')
    expect(at.shown()).toBe('New password of "bob": \nThe same again: \n')
  })

  it('must be the same twice', async () => {
    const at = terminal()
    const given = newPassword('prompt', at, 'bob')
    const refused = expect(given).rejects.toThrow('The two passwords differ; nothing was changed.')
    await at.answer('New password of "bob": ', 'correct horse\r')
    await at.answer('The same again: ', 'another horse\r')
    await refused
  })

  it('is not asked for again when it is too short', async () => {
    const at = terminal()
    const refused = expect(newPassword('prompt', at, 'bob')).rejects.toThrow('password: at least 8 characters')
    await at.answer('New password of "bob": ', 'short\r')
    await refused
    expect(at.shown()).not.toContain('again')
  })

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('can be left by %s', async (_key, sign) => {
    const at = terminal()
    const refused = expect(newPassword('prompt', at, 'bob')).rejects.toThrow('Nothing was changed.')
    await at.answer('New password of "bob": ', sign)
    await refused
  })
})

describe('a password from the standard input', () => {
  it.each(['correct horse', 'correct horse\n', 'correct horse\r\n'])('is its one line: %j', async (text) => {
    expect(await newPassword('input', piped(text), 'bob')).toBe('correct horse')
  })

  it('keeps the spaces around it', async () => {
    expect(await newPassword('input', piped('  with spaces \n'), 'bob')).toBe('  with spaces ')
  })

  it.each([
    ['', /^There is no password on the standard input/],
    ['\n', /^There is no password on the standard input/],
    ['first line\nsecond line\n', /must be one line/],
    ['short\n', /at least 8 characters/],
  ])('is refused when it is %j', async (text, sentence) => {
    await expect(newPassword('input', piped(text), 'bob')).rejects.toThrow(sentence)
  })
})

describe('where a password comes from', () => {
  const options = (...entries: [string, string][]) => new Map(entries)
  it('is the terminal if there is one, else the standard input', () => {
    expect(passwordSource(options(), terminal())).toBe('prompt')
    expect(passwordSource(options(), piped())).toBe('input')
    expect(passwordSource(options(['password', '-']), piped())).toBe('input')
    expect(passwordSource(options(['generate', '']), terminal())).toBe('generate')
  })

  it('is never the command line', () => {
    expect(() => passwordSource(options(['password', 'hunter2hunter2']), terminal())).toThrow(/never.*as an argument/)
  })

  it('is no terminal that is not there', () => {
    expect(() => passwordSource(options(['password', 'prompt']), piped())).toThrow(/no terminal/)
  })

  it('makes up another one each time', async () => {
    const [one, two] = [await newPassword('generate', piped(), 'bob'), await newPassword('generate', piped(), 'bob')]
    expect(one).toMatch(/^[\w-]{20}$/)
    expect(two).not.toBe(one)
  })
})
