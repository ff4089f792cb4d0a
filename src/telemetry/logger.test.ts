import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { makeLog } from './logger.ts'

async function lineOf(
  format: 'auto' | 'pretty' | 'json',
  { isTTY, fields = { label: 'site' } }: { isTTY: boolean; fields?: object },
): Promise<string> {
  let written = ''
  const output = new Writable({
    write(text, _encoding, done) {
      written += text
      done()
    },
  })
  const log = await makeLog({ level: 'info', format }, Object.assign(output, { isTTY }))
  log.info(fields, 'a picture came')
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

  it('has no secret of an address, neither in its fields nor in an error', async () => {
    const url = 'rtsp://admin:geheim@cam/?token=geheim'
    const err = new Error(`${url} does not answer`, { cause: new Error(url) })
    const line = await lineOf('json', { isTTY: false, fields: { url, source: { url }, err } })
    expect(line).not.toContain('geheim')
    expect(JSON.parse(line)).toMatchObject({
      url: 'rtsp://admin:***@cam/?token=***',
      err: { message: expect.stringContaining('rtsp://admin:***@cam/') },
    })
  })
})
