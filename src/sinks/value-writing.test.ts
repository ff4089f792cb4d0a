import { describe, expect, it } from 'vitest'
import { halvesArray } from '../../test/support/arrays.ts'
import { CAMERA, guest, makeRenditions } from '../../test/support/renditions.ts'
import { EventLoopTurns } from '../core/event-loop-turns.ts'
import { packBytes } from '../wire/bsread/unpack-bytes.ts'
import { ValueWriting } from './value-writing.ts'

/** More values than are written at once, and than a thread writes at a time. */
const LARGE = halvesArray({ width: 200, height: 100 })
const SMALL = halvesArray({ width: 2, height: 2 }, { type: 'uint8' })

function setUp() {
  const { hub, scaler } = makeRenditions()
  const [ended, gone] = [new AbortController(), new AbortController()]
  const writing = new ValueWriting(
    { hub, turns: new EventLoopTurns(setImmediate) },
    { principal: { ...guest('ann'), ended: ended.signal }, client: 'ann', stream: CAMERA, signal: gone.signal },
  )
  return { scaler, ended, gone, writing }
}

describe('the values of an array', () => {
  it('that are few are unpacked and written at once', async () => {
    const { writing, scaler } = setUp()
    const packed = { ...SMALL, compression: 'lz4', bytes: packBytes(SMALL.bytes, 'lz4', 1) } as const
    const unpacked = await writing.unpacked(packed)
    expect(unpacked).toEqual(SMALL)
    const { value } = await writing.text(unpacked, 'csv').next()
    expect(Buffer.from(value ?? []).toString()).toBe('0,100\n0,100\n')
    expect(scaler.orders).toEqual([])
  })

  it('that are many are unpacked by a thread; those that are not packed stay where they are', async () => {
    const { writing, scaler } = setUp()
    const unpacking = writing.unpacked({ ...LARGE, compression: 'lz4', bytes: Uint8Array.of(1) })
    expect(scaler.orders.map(({ order }) => order.format)).toEqual(['bytes'])
    await scaler.orders[0]?.finish(LARGE.bytes)
    expect(await unpacking).toEqual(LARGE)
    expect((await writing.unpacked(LARGE)).bytes).toBe(LARGE.bytes)
    expect(scaler.orders).toEqual([])
  })

  it('that are many are written piece by piece, each when the last one was taken, to nobody who has lost the right', async () => {
    const { writing, scaler, ended } = setUp()
    const text = writing.text(LARGE, 'json')
    const first = text.next()
    expect(scaler.orders).toMatchObject([{ order: { format: 'json', piece: { from: 0, shape: [100, 200] } } }])
    await scaler.orders[0]?.finish(Uint8Array.of(1))
    expect(await first).toEqual({ done: false, value: Uint8Array.of(1) })
    expect(scaler.orders).toEqual([])
    ended.abort('signed out')
    await expect(text.next()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(scaler.orders).toEqual([])
  })

  it('are written no further once their reader has gone', async () => {
    const { writing, scaler, gone } = setUp()
    const text = writing.text(LARGE, 'json')
    const refused = expect(text.next()).rejects.toThrow('gone')
    gone.abort(new Error('gone'))
    await refused
    await scaler.orders[0]?.finish(Uint8Array.of(1))
    expect([await text.next(), scaler.orders]).toEqual([{ done: true, value: undefined }, []])
  })
})
