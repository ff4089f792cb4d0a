import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Picture } from '../../live/worker-protocol.ts'
import { PointerReading, type Reading } from './pointer-reading.ts'
import type { PulseValues } from './pulse-values.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Values that are 100 y + x, and how often they were loaded. */
function reading() {
  let pulse = 1
  const loaded: (string | undefined)[] = []
  const seen: (Reading | undefined)[] = []
  const signals: AbortSignal[] = []
  const pointer = new PointerReading({
    shown: () => pictureOf(pulse),
    load: async (picture, signal): Promise<PulseValues> => {
      loaded.push(picture.pulse?.id)
      signals.push(signal)
      return { pulseId: String(picture.pulse?.id), valueAt: (x, y) => 100 * y + x }
    },
    onReading: (each) => void seen.push(each),
  })
  return { pointer, loaded, seen, signals, next: () => pulse++ }
}

function pictureOf(pulse: number): Picture {
  const facts = {
    n: 1,
    stream: { label: 'beamline', key: 'image' },
    frameId: '1-0',
    sequence: 1,
    receivedAt: 0,
    skipped: 0,
  }
  const picture = { width: 9, height: 9, blob: new Blob(), orientation: 1 as const, blobSize: { width: 9, height: 9 } }
  const none = { capturedAt: undefined, colouring: undefined, annotations: undefined, metadata: undefined }
  return { ...facts, ...picture, ...none, isOriginal: false, pulse: { id: String(pulse) } }
}

it('asks for values once the pointer rests, and tells the value with its pulse', async () => {
  const { pointer, loaded, seen } = reading()
  pointer.moveTo(1, 0)
  await vi.advanceTimersByTimeAsync(150)
  pointer.moveTo(2, 3)
  await vi.advanceTimersByTimeAsync(150)
  expect(loaded).toEqual([])
  expect(seen.at(-1)).toEqual({ x: 2, y: 3, value: undefined, pulseId: undefined })
  await vi.advanceTimersByTimeAsync(50)
  expect(loaded).toEqual(['1'])
  expect(seen.at(-1)).toEqual({ x: 2, y: 3, value: 302, pulseId: '1' })
  pointer.moveTo(4, 3)
  expect(seen.at(-1)).toEqual({ x: 4, y: 3, value: 304, pulseId: '1' })
})

it('goes on with the newest pulse while the pointer is there, and asks for each once', async () => {
  const { pointer, loaded, seen, next } = reading()
  pointer.moveTo(1, 1)
  await vi.advanceTimersByTimeAsync(5000)
  expect(loaded).toEqual(['1'])
  next()
  await vi.advanceTimersByTimeAsync(400)
  expect(loaded).toEqual(['1', '2'])
  expect(seen.at(-1)).toMatchObject({ pulseId: '2' })
})

it('asks for nothing once the pointer has left', async () => {
  const { pointer, loaded, seen, signals, next } = reading()
  pointer.moveTo(1, 1)
  await vi.advanceTimersByTimeAsync(200)
  next()
  pointer.leave()
  await vi.advanceTimersByTimeAsync(5000)
  expect(loaded).toEqual(['1'])
  expect(seen.at(-1)).toBeUndefined()
  expect(signals).toHaveLength(1)
})
