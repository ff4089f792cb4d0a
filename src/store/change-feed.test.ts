import { describe, expect, it } from 'vitest'
import { ALLOWED, SHARED_STORE_KINDS, type SharedStores } from '../../test/support/store-kinds.ts'
import { until } from '../../test/support/until.ts'

/** Writes something to the store. */
function change(stores: SharedStores['mine'], id: string): Promise<void> {
  return stores.accounts.addSigningKey({ id, secret: 'x', createdAt: 1 }, ALLOWED)
}

describe.each(SHARED_STORE_KINDS)('the feed of changes, $name', ({ openTwice }) => {
  it('tells within a quarter of a second what others have written, and not what was written here', async () => {
    const { mine, theirs, clock } = await openTwice()
    let heard = 0
    mine.changes.subscribe('accounts', () => heard++)
    await change(mine, 'a')
    await theirs.accounts.load()
    clock.advance(1000)
    expect(heard).toBe(0)
    await change(theirs, 'b')
    clock.advance(250)
    await until(() => heard === 1, 'heard')
    expect((await mine.accounts.load()).signingKeys).toHaveLength(2)
    await change(theirs, 'c')
    clock.advance(250)
    await until(() => heard === 2, 'heard again')
    clock.advance(1000)
    expect(heard).toBe(2)
  })

  it('tells every subscriber who has not left', async () => {
    const { mine, theirs, clock } = await openTwice()
    const heard: string[] = []
    mine.changes.subscribe('accounts', () => heard.push('first'))
    const leave = mine.changes.subscribe('accounts', () => heard.push('second'))
    await change(theirs, 'a')
    clock.advance(250)
    await until(() => heard.length === 2, 'heard by both')
    leave()
    leave()
    await change(theirs, 'b')
    clock.advance(250)
    await until(() => heard.length === 3, 'heard by one')
    expect(heard).toEqual(['first', 'second', 'first'])
  })

  it('tells who comes after all have left, and only what was written since', async () => {
    const { mine, theirs, clock } = await openTwice()
    mine.changes.subscribe('cameras', () => expect.fail('heard after leaving'))()
    await theirs.hubCameras.replace([{ config: { video_url: 'rtsp://a' } }], ALLOWED)
    clock.advance(250)
    let heard = 0
    mine.changes.subscribe('cameras', () => heard++)
    clock.advance(1000)
    expect(heard).toBe(0)
    await theirs.hubCameras.replace([], ALLOWED)
    clock.advance(250)
    await until(() => heard === 1, 'heard')
  })

  it('tells nothing more when the stores are closed', async () => {
    const { mine, theirs, clock } = await openTwice()
    mine.changes.subscribe('accounts', () => expect.fail('heard after the end'))
    await mine.close()
    await change(theirs, 'a')
    clock.advance(1000)
  })
})
