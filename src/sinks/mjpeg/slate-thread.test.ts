import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { expect, it, vi } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { jpeg } from '../../../test/support/pictures.ts'
import { Pixels } from '../../../test/support/pixels.ts'
import type { SlateRequest } from './slate-messages.ts'
import { SlateThread } from './slate-thread.ts'

/** A worker that the test answers for. */
class FakeWorker extends EventEmitter {
  readonly requests: SlateRequest[] = []

  postMessage(request: SlateRequest): void {
    this.requests.push(request)
  }

  ref(): void {}

  unref(): void {}

  /** Answers the request. */
  answer(): void {
    this.emit('message', { jpeg: new Uint8Array(3) })
  }
}

function start() {
  const clock = new ManualClock()
  const workers: FakeWorker[] = []
  const thread = new SlateThread(clock, () => {
    const worker = new FakeWorker()
    workers.push(worker)
    // What is used of it.
    return worker as unknown as Worker
  })
  return { clock, thread, workers }
}

const ORDER = { width: 64, height: 48, text: 'No picture yet' }

it('draws the text on the last picture, greyed, in its size; and one that cannot be decoded is left out', async () => {
  const thread = new SlateThread(new ManualClock())
  const slate = await Pixels.of(await thread.draw({ ...ORDER, width: 320, height: 240, picture: jpeg(64, 48) }))
  expect([slate.width, slate.height]).toEqual([320, 240])
  const text = slate.extent(([red, green, blue]) => red > 220 && green > 220 && blue > 220)
  expect(text?.left).toBeGreaterThan(10)
  expect(text?.right).toBeLessThan(310)
  const plain = await Pixels.of(await thread.draw({ ...ORDER, picture: Buffer.from('no JPEG') }))
  expect(plain.width).toBe(64)
  await thread.close()
})

it('ends its thread when there was nothing to draw for a minute, by asking it, and starts another when needed', async () => {
  const { clock, thread, workers } = start()
  const drawn = thread.draw(ORDER)
  workers[0]?.answer()
  await drawn
  await new Promise(setImmediate)
  clock.advance(60_000)
  expect(workers[0]?.requests.at(-1)).toEqual({ kind: 'end' })
  workers[0]?.emit('exit')
  const again = thread.draw(ORDER)
  expect(workers).toHaveLength(2)
  workers[1]?.answer()
  await again
})

it('is replaced when it has ended by itself, and what it was drawing fails', async () => {
  const { thread, workers } = start()
  const lost = thread.draw(ORDER)
  workers[0]?.emit('error', new Error('out of memory'))
  workers[0]?.emit('exit')
  await expect(lost).rejects.toThrow('out of memory')
  const drawn = thread.draw(ORDER)
  workers[1]?.answer()
  expect(await drawn).toHaveLength(3)
})

it('is replaced when it hangs', async () => {
  const { clock, thread, workers } = start()
  const first = thread.draw(ORDER)
  // On a machine that is busy, where the thread takes long to start.
  clock.advance(34_000)
  workers[0]?.answer()
  await first
  const lost = thread.draw(ORDER)
  clock.advance(15_000)
  await expect(lost).rejects.toThrow('it took too long')
  const drawn = thread.draw(ORDER)
  workers[1]?.answer()
  expect(await drawn).toHaveLength(3)
  expect(workers[0]?.requests.at(-1)).toEqual({ kind: 'end' })
  // The process may end only after both.
  const closed = vi.fn()
  const closing = thread.close().then(closed)
  workers[1]?.emit('exit')
  await new Promise(setImmediate)
  expect(closed).not.toHaveBeenCalled()
  workers[0]?.emit('exit')
  await closing
})

it('starts no more threads while two hang, and another when one of them is back', async () => {
  const { clock, thread, workers } = start()
  for (let n = 0; n < 2; n++) {
    const lost = thread.draw(ORDER)
    clock.advance(35_000)
    await expect(lost).rejects.toThrow('it took too long')
  }
  await expect(thread.draw(ORDER)).rejects.toThrow('hang')
  expect(workers).toHaveLength(2)
  workers[0]?.emit('exit')
  const drawn = thread.draw(ORDER)
  workers[2]?.answer()
  expect(await drawn).toHaveLength(3)
})

it('draws one after the other, and each has its own time', async () => {
  const { clock, thread, workers } = start()
  const drawn = [thread.draw(ORDER), thread.draw(ORDER), thread.draw(ORDER)]
  for (let n = 1; n <= drawn.length; n++) {
    expect(workers[0]?.requests).toHaveLength(n)
    clock.advance(10_000)
    workers[0]?.answer()
  }
  expect(await Promise.all(drawn)).toHaveLength(3)
})

it('draws nothing any more once it is closed', async () => {
  const { thread, workers } = start()
  const drawn = [thread.draw(ORDER), thread.draw(ORDER)].map((each) => expect(each).rejects.toThrow('any more'))
  const closing = thread.close()
  await Promise.all(drawn)
  workers[0]?.emit('exit')
  await closing
  await expect(thread.draw(ORDER)).rejects.toThrow('any more')
  expect(workers).toHaveLength(1)
})

it('leaves out a picture with so many scans that to decode it would take minutes', async () => {
  const thread = new SlateThread(new ManualClock())
  const progressive = readFileSync(new URL('../../../test/fixtures/pictures/progressive.jpg', import.meta.url))
  const lastScan = progressive.lastIndexOf(Buffer.from([0xff, 0xda]))
  const scan = progressive.subarray(lastScan, -2)
  const many = Buffer.concat([progressive.subarray(0, -2), ...Array(40).fill(scan), progressive.subarray(-2)])
  const [shown, left] = [
    await thread.draw({ ...ORDER, picture: progressive }),
    await thread.draw({ ...ORDER, picture: many }),
  ]
  const plain = await thread.draw(ORDER)
  expect(shown).not.toEqual(plain)
  expect(left).toEqual(plain)
  await thread.close()
})
