import { describe, expect, it } from 'vitest'
import { halvesArray } from '../../test/support/arrays.ts'
import { anyone } from '../../test/support/hub.ts'
import { CAMERA, guest, makeRenditions } from '../../test/support/renditions.ts'
import type { PieceOrder } from '../core/array-piece.ts'
import type { Principal } from '../core/principal.ts'
import { wholeOf } from '../wire/array-pieces.ts'
import { ScalerFailure, UndecodablePicture } from './scaler.ts'

const ORDER: PieceOrder = { piece: wholeOf(halvesArray()), format: 'bytes' }
const BYTES = Uint8Array.of(1, 2, 3)

function setUp() {
  const made = makeRenditions()
  const gone = new AbortController()
  return {
    ...made,
    gone,
    write: (who: Principal = guest('ann'), order = ORDER) => made.hub.values.written(who, CAMERA, order, gone.signal),
  }
}

describe('values of an array', () => {
  it('are written when a thread is idle, between the pictures of streams', async () => {
    const { write, scaler, clock, publish, watch, finish } = setUp()
    publish()
    watch({ width: 160 })
    const asked = [write(), write(guest('ben')), write(guest('cleo'))]
    expect([scaler.jobs.length, scaler.orders]).toEqual([1, []])
    await finish()
    expect(scaler.orders.map(({ order }) => order)).toEqual([ORDER])
    clock.advance(1000)
    publish()
    const begun: string[] = []
    while (scaler.idle === 0) {
      begun.push(scaler.orders[0] ? 'values' : 'picture')
      await scaler.orders[0]?.finish(BYTES)
      await finish()
    }
    expect(begun.filter((each) => each === 'values')).toHaveLength(3)
    expect(begun.indexOf('picture')).toBeLessThan(3)
    expect(await Promise.all(asked)).toEqual([BYTES, BYTES, BYTES])
  })

  it('of somebody who has gone are not written', async () => {
    const { write, scaler, gone } = setUp()
    const [first, second] = [write(), write()]
    gone.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    await expect(second).rejects.toThrow('gone')
    await scaler.orders[0]?.finish(BYTES)
    expect(scaler.orders).toEqual([])
    await expect(write()).rejects.toThrow('gone')
  })

  it('are refused with the reason when they are damaged, or a thread fails', async () => {
    const { write, scaler, log } = setUp()
    const damaged = { code: 'invalid', message: 'The array is damaged: too short.' }
    const failed = { code: 'unavailable', message: expect.stringContaining('it ended') }
    for (const [error, refusal] of [
      [new UndecodablePicture(damaged.message), damaged],
      ...Array.from({ length: 3 }, () => [new ScalerFailure('it ended'), failed] as const),
    ] as const) {
      const refused = expect(write()).rejects.toMatchObject(refusal)
      await scaler.orders[0]?.fail(error)
      await refused
    }
    await expect(write()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('its log') })
    expect(log).toHaveLength(1)
  })

  it('go to nobody who has lost the right meanwhile', async () => {
    const { write, scaler } = setUp()
    const ended = new AbortController()
    const asked = write({ ...guest('ann'), ended: ended.signal })
    const refused = expect(asked).rejects.toMatchObject({ code: 'unauthenticated' })
    ended.abort('signed out')
    await scaler.orders[0]?.finish(BYTES)
    await refused
    await expect(write({ ...anyone, grants: [] })).rejects.toMatchObject({ code: 'forbidden' })
  })
})
