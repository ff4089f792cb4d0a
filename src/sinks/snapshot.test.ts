import { describe, expect, it } from 'vitest'
import { anyone, declareNext } from '../../test/support/hub.ts'
import { jpeg } from '../../test/support/pictures.ts'
import { makeSinks } from '../../test/support/sinks.ts'
import type { FrameInput } from '../core/frame.ts'
import type { Principal } from '../core/principal.ts'
import { type SnapshotRequest, snapshot } from './snapshot.ts'

function setUp(principal: Principal = anyone) {
  const sinks = makeSinks()
  const gone = new AbortController()
  const parts = { ...sinks.parts, maxStart: 1000, nextWait: 2000 }
  return {
    ...sinks,
    gone,
    parts,
    publish: async () => (await sinks.publish('site', 'a')).id,
    ask: async (request: Partial<SnapshotRequest> = {}) =>
      (
        await snapshot(
          parts,
          principal,
          { client: 'ann', stream: { label: 'site', key: 'a' }, ...request },
          gone.signal,
        )
      )?.id,
  }
}

describe('a snapshot', () => {
  it('is the newest picture, or the one of that id', async () => {
    const { publish, ask } = setUp()
    const [first, second] = [await publish(), await publish()]
    expect(await ask()).toBe(second)
    expect(await ask({ id: first })).toBe(first)
  })

  it('is nothing when the client has the newest', async () => {
    const { publish, ask } = setUp()
    const newest = await publish()
    expect(await ask({ seen: newest })).toBeUndefined()
    expect(await ask({ seen: '0-0' })).toBe(newest)
  })

  it('of a stream or a picture that there is not is refused', async () => {
    const { publish, ask } = setUp()
    await expect(ask()).rejects.toMatchObject({ code: 'not_found' })
    await publish()
    await expect(ask({ id: '0-0' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a snapshot of a camera whose pictures are decoded small', () => {
  const input = (width: number): FrameInput => {
    const payload = {
      kind: 'image',
      bytes: jpeg(width, width / 2),
      mediaType: 'image/jpeg',
      width,
      height: width / 2,
    } as const
    return { stream: { label: 'site', key: 'a' }, size: { width: 1280, height: 640 }, payload, metadata: {} }
  }
  const setUpCamera = async () => {
    const sinks = setUp()
    const options = { when: 'always', startTimeout: 5000, closeAfter: 0 } as const
    sinks.hub.declare(anyone, { label: 'site', key: 'a' }, options, { demandChanged() {} })
    const send = async (width: number) => (await sinks.hub.publish(anyone, input(width), 'test')).id
    return { ...sinks, send }
  }

  it('is the first that is as large as it was captured, or as is wanted', async () => {
    const { hub, send, ask } = await setUpCamera()
    const small = await send(480)
    const asked = ask()
    await Promise.resolve()
    expect(hub.viewers).toBe(1)
    await send(480)
    const large = await send(1280)
    expect(await asked).toBe(large)
    expect(hub.viewers).toBe(0)
    expect(large).not.toBe(small)
    expect(await ask({ picture: { width: 400 } })).toBe(large)
  })

  it('is the small one if no larger one comes', async () => {
    const { clock, send, ask } = await setUpCamera()
    const small = await send(480)
    const asked = ask()
    await Promise.resolve()
    clock.advance(2000)
    expect(await asked).toBe(small)
  })
})

describe('a snapshot of a stream that starts with the next picture', () => {
  it('is the next one, whatever the client has, and none that there is already', async () => {
    const { hub, publish, ask } = setUp()
    declareNext(hub, 'site', 'a')
    const seen = await publish()
    for (const request of [{}, { seen }, { seen: '0-0' }, { wait: 500 }]) {
      const asked = ask(request)
      const next = await publish()
      expect(await asked).toBe(next)
    }
    expect(hub.viewers).toBe(0)
  })

  it('is refused when none comes in time, with why, and by its id', async () => {
    const { hub, clock, publish, ask } = setUp()
    declareNext(hub, 'site', 'a')
    const asked = ask()
    await Promise.resolve()
    clock.advance(2000)
    await expect(asked).rejects.toMatchObject({
      code: 'not_found',
      message: 'No picture of "site/a" came within 2 s, and none from before can be had: waiting for the first frame.',
    })
    await expect(ask({ id: await publish() })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a snapshot that waits', () => {
  it('is the next picture, also of a stream that there is not yet', async () => {
    const { publish, hub, ask } = setUp()
    const first = ask({ wait: 1000 })
    expect(hub.viewers).toBe(1)
    const published = await publish()
    expect(await first).toBe(published)
    const second = ask({ wait: 1000 })
    const next = await publish()
    expect(await second).toBe(next)
    expect(hub.viewers).toBe(0)
  })

  it('is given to some of those who wait in each turn of the event loop, client by client', async () => {
    const { publish, hub, ask } = setUp()
    const given: string[] = []
    const wait = (client: string) => ask({ client, wait: 1000 }).then(() => given.push(client))
    for (let i = 0; i < 200; i++) void wait('flood')
    void wait('honest')
    await publish()
    const turn = () => new Promise(setImmediate)
    await turn()
    expect(given.length).toBeLessThan(50)
    expect(given).toContain('honest')
    while (given.length < 201) await turn()
    expect(hub.viewers).toBe(0)
  })

  it('is given to nobody whose right ends before their turn', async () => {
    const end = new AbortController()
    const { publish, ask, parts } = setUp({ ...anyone, ended: end.signal })
    const asked = ask({ wait: 1000 })
    parts.turns.spend(1000)
    await publish()
    end.abort('signed out')
    await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('is at once what the client has not seen', async () => {
    const { publish, ask } = setUp()
    const seen = await publish()
    const newest = await publish()
    expect(await ask({ wait: 1000, seen })).toBe(newest)
  })

  it('ends without one when its time is over', async () => {
    const { publish, hub, clock, ask } = setUp()
    const seen = await publish()
    const [unseen, known] = [ask({ wait: 1000 }), ask({ wait: 1000, seen })]
    clock.advance(1000)
    await expect(unseen).rejects.toMatchObject({
      code: 'timed_out',
      message: 'No new frame of "site/a" within 1 s',
    })
    expect(await known).toBeUndefined()
    expect(hub.viewers).toBe(0)
  })

  it('ends with the client, the server, and the right', async () => {
    const end = new AbortController()
    const { hub, gone, ask } = setUp({ ...anyone, ended: end.signal })
    const first = ask({ wait: 1000, seen: '0-0' })
    gone.abort()
    expect(await first).toBeUndefined()
    const second = ask({ wait: 1000 })
    end.abort('signed out')
    await expect(second).rejects.toMatchObject({ code: 'unauthenticated', message: 'No longer allowed: signed out.' })
    const other = setUp()
    const third = other.ask({ wait: 1000 })
    other.hub.close()
    await expect(third).rejects.toMatchObject({ code: 'exhausted' })
    expect(hub.viewers).toBe(0)
  })
})

it('a snapshot that waits for what may not be seen is refused, and leaves no viewer behind', async () => {
  const { hub, ask } = setUp({
    ...anyone,
    grants: [{ actions: ['view'], scope: { kind: 'labels', labels: ['other'] } }],
  })
  await expect(ask({ wait: 1000 })).rejects.toMatchObject({ code: 'forbidden' })
  expect(hub.viewers).toBe(0)
})

it('a snapshot of a stream that was woken and sends values says that they are not drawn where there are no renditions', async () => {
  const { hub, ask } = setUp()
  const name = { label: 'site', key: 'a' }
  const payload = { kind: 'raw-array', values: Uint8Array.of(1, 2), shape: [1, 2] } as const
  const values = { stream: name, size: { width: 2, height: 1 }, payload, metadata: {} }
  hub.declare(anyone, name, { when: 'on-demand', startTimeout: 1000, closeAfter: 0 }, { demandChanged() {} })
  const asked = ask()
  await hub.publish(anyone, values, 'test')
  await expect(asked).rejects.toMatchObject({ code: 'unavailable' })
})
