import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

it('never calls at once what is to be called in a thousand years', () => {
  vi.useFakeTimers()
  try {
    const called = vi.fn()
    const cancel = systemClock.after(1e13, called)
    vi.advanceTimersByTime(1_000_000)
    expect(called).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2 ** 31)
    expect(called).toHaveBeenCalledOnce()
    cancel()
  } finally {
    vi.useRealTimers()
  }
})

/** A connection of this machine: both ends. */
async function connection(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const here = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [there] = await accepted
  onTestFinished(() => {
    for (const each of [here, there]) each.destroy()
    server.close()
  })
  return [here, there]
}

/** Does nothing else for so long, as on a machine that is busy. */
function standStill(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

it('calls after what has come is read, also where the process stood still meanwhile', async () => {
  const [here, there] = await connection()
  const happened: string[] = []
  here.on('data', () => happened.push('an answer'))
  await new Promise<void>((resolve) => {
    systemClock.after(20, () => {
      happened.push('a time limit')
      resolve()
    })
    there.write('x')
    standStill(30)
  })
  expect(happened).toEqual(['an answer', 'a time limit'])
})

it('never calls what was cancelled, also at the last moment', async () => {
  const called = vi.fn()
  const cancel = systemClock.after(1, called)
  setTimeout(cancel, 1)
  standStill(5)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(called).not.toHaveBeenCalled()
})
