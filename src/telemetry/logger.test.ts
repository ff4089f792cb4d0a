import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { makeLog } from './logger.ts'

async function lineOf(format: 'auto' | 'pretty' | 'json', { isTTY }: { isTTY: boolean }): Promise<string> {
  let written = ''
  const output = new Writable({
    write(text, _encoding, done) {
      written += text
      done()
    },
  })
  const log = await makeLog({ level: 'info', format }, Object.assign(output, { isTTY }))
  log.info({ label: 'site' }, 'a picture came')
  return written
}

describe('the log', () => {
  it.each([
    ['auto', false],
    ['json', true],
  ] as const)('is JSON for programs: format %s, on a terminal: %s', async (format, isTTY) => {
    expect(JSON.parse(await lineOf(format, { isTTY }))).toMatchObject({ label: 'site', msg: 'a picture came' })
  })

  it.each([
    ['auto', true],
    ['pretty', false],
  ] as const)('is for people else: format %s, on a terminal: %s', async (format, isTTY) => {
    expect(await lineOf(format, { isTTY })).toMatch(/^\[\d\d:\d\d:\d\d\] .*INFO.*a picture came/s)
  })
})
