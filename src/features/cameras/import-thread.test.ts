import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { ImportThread } from './import-thread.ts'
import { readImportText } from './import-worker.ts'

describe('the text of a configuration', () => {
  it('is YAML with anchors and merge keys; where it is none, the line is told and nothing of it', () => {
    const text = 'base: &base {ffmpeg: {inputs: [{path: "rtsp://a:pw@cam/"}]}}\ncameras:\n  a: {<<: *base}'
    expect(readImportText(text)).toMatchObject({
      found: { format: 'frigate', cameras: [{ name: 'a', url: 'rtsp://a:pw@cam/' }] },
    })
    for (const broken of [
      'streams:\n  a: ["rtsp://a:geheim@cam/',
      'a: geheim: geheim',
      'a: *geheim',
      '- geheim: @geheim',
    ])
      expect(readImportText(broken)).toEqual({ problem: expect.stringMatching(/^text: is no YAML: (?!.*geheim)/) })
  })
})

describe('the thread that reads configurations', () => {
  it('ends a text that takes too long, and lets only a few wait', async () => {
    const clock = new ManualClock()
    const thread = new ImportThread(clock)
    const reading = Array.from({ length: 5 }, () => thread.read('? '.repeat(50_000)))
    await expect(reading.pop()).rejects.toMatchObject({ code: 'unavailable' })
    await new Promise(setImmediate)
    clock.advance(5000)
    await expect(reading.shift()).rejects.toThrow('text: takes too long to read')
    thread.close()
    for (const each of reading) await expect(each).rejects.toThrow('text: the server is going down')
  })
})
