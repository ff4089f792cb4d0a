import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { MjpegReader } from '../support/mjpeg.ts'
import type { JpegPart } from '../support/multipart-jpeg.ts'
import { jpeg } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const PATH = '/streams/site/camera/mjpeg'

/** A stream of large pictures, each with its number as a comment. */
async function startMoving(config: Record<string, string | number> = {}) {
  const server = await TestServer.start({ config })
  let [n, isOver] = [0, false]
  const send = async () => {
    await server.publish('site', 'camera', { file: jpeg(64, 48, 200_000, `n=${n};`) })
    n++
  }
  await send()
  // One after the other: on a busy machine more and more would be under way.
  const sending = (async () => {
    for (; !isOver; await sleep(5)) await send()
  })()
  onTestFinished(async () => {
    isOver = true
    await sending
  })
  return { server, sent: () => n }
}

/** The number of a picture. */
function numberOf({ jpeg }: JpegPart): number {
  return Number(/n=(\d+);/.exec(Buffer.from(jpeg.subarray(0, 100)).toString('latin1'))?.[1])
}

/** That of a reader's newest picture; 0 if there is none. */
function newestOf({ parts }: MjpegReader): number {
  const newest = parts.at(-1)
  return newest ? numberOf(newest) : 0
}

it('a reader that stops and goes on skips to what is new, and holds up nobody else', async () => {
  const { server, sent } = await startMoving()
  const slow = await MjpegReader.open(server, PATH)
  const quick = await MjpegReader.open(server, PATH)
  await slow.newest(1)
  slow.stop()
  const before = sent()
  await until(() => sent() > before + 150, 'many pictures')
  await until(() => newestOf(quick) > before + 140, 'the other reader is up to date')
  const stoppedUntil = sent()
  slow.goOn()
  await until(() => newestOf(slow) > stoppedUntil, 'it is up to date')
  // What the kernels held is old; of all else nothing was kept.
  expect(slow.parts.map(numberOf).filter((n) => n > before && n < stoppedUntil - 10).length).toBeLessThan(100)
})

it('a reader that reads nothing is disconnected, and its place is free', async () => {
  const { server } = await startMoving({ 'http.answer_timeout_s': 2, 'streaming.max_videos': 2 })
  const stopped = await MjpegReader.open(server, PATH)
  await stopped.newest(1)
  stopped.stop()
  const reads = await MjpegReader.open(server, PATH)
  await until(async () => (await MjpegReader.open(server, PATH)).status === 200, 'a place')
  expect(reads.isOver).toBe(false)
})
