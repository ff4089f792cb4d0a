import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { systemClock } from '../../telemetry/system-clock.ts'
import { ImportThread } from './import-thread.ts'

describe('the thread that reads configurations', () => {
  it('reads YAML with anchors and merge keys, and says where it is none', async () => {
    const thread = new ImportThread(systemClock)
    const [found, broken] = await Promise.allSettled([
      thread.read('base: &base {ffmpeg: {inputs: [{path: "rtsp://a:pw@cam/"}]}}\ncameras:\n  a: {<<: *base}'),
      thread.read('streams:\n  a: ["rtsp://a:geheim@cam/'),
    ])
    expect(found).toMatchObject({ value: { format: 'frigate', cameras: [{ name: 'a', url: 'rtsp://a:pw@cam/' }] } })
    expect(broken).toMatchObject({
      reason: { code: 'invalid', message: expect.stringMatching(/^text: is no YAML: .*line \d/) },
    })
    expect(JSON.stringify(broken)).not.toContain('geheim')
  })

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
