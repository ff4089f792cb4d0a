import { describe, expect, it } from 'vitest'
import { anyone, declareNext, frameInput, makeHub } from '../../test/support/hub.ts'
import { IMAGES } from './frame.ts'
import type { Principal } from './principal.ts'
import type { RememberedStream } from './remembered-stream.ts'
import type { StreamStart } from './stream-condition.ts'

const NAME = { label: 'site', key: 'cam' }
const LISTED = { state: 'offline', reason: 'not seen since the server started', fps: 0, newest: undefined }

/** A hub that remembers a stream, and a viewer that is told of changes. */
function setUp({ age = 3_000_000, start = 'newest' as StreamStart, share = 100 } = {}) {
  const { hub, clock } = makeHub({ streams: { max: 100, share } })
  const known: RememberedStream = {
    name: NAME,
    start,
    lastSeenAt: clock.now() - age,
    ...(start === 'newest' && { size: { width: 64, height: 48 } }),
  }
  hub.remember([known])
  const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {}, changes: true })
  const { streams } = viewer.watch(0, {})
  return {
    hub,
    clock,
    known,
    viewer,
    watched: streams.map(({ name }) => name),
    publish: (by = anyone) => hub.publish(by, frameInput('site', 'cam'), 'test'),
    list: () => hub.directory.list(anyone),
  }
}

describe('a stream that is only remembered', () => {
  it('is listed and can be watched, with what was known of it', () => {
    const { known, watched, list } = setUp()
    expect(watched).toEqual([NAME])
    expect(list()).toMatchObject([{ ...NAME, ...LISTED, remembered: known }])
  })

  it('is none of the streams that old dialects know, until its first frame', async () => {
    const { hub, viewer, publish, list } = setUp()
    const known = () => [hub.directory.labels(anyone), viewer.streams.length, hub.directory.isKnown(anyone, NAME)]
    expect(known()).toEqual([[], 0, false])
    expect(viewer.takeChange()).toBeUndefined()
    await publish()
    expect(known()).toEqual([['site'], 1, true])
    expect(viewer.takeChange()).toMatchObject({ kind: 'joined', stream: { state: 'live', name: NAME } })
    expect(viewer.next(0)).toMatchObject({ frame: { stream: NAME, sequence: 1 } })
    expect(list()).toMatchObject([{ state: 'live', remembered: undefined }])
  })

  it('says so to whoever asks for its picture', () => {
    const { hub } = setUp()
    expect(() => hub.directory.find(anyone, NAME)).toThrow('yet: not seen since the server started')
  })

  it('takes no place from anybody, and counts for who sends its first frame', async () => {
    const { hub, publish } = setUp({ share: 1 })
    const ann: Principal = {
      ...anyone,
      id: 'ann',
      grants: [{ actions: ['publish'], scope: { kind: 'labels', labels: ['site'] } }],
    }
    await publish(ann)
    await expect(hub.publish(ann, frameInput('site', 'other'), 'test')).rejects.toThrow('streams.per_publisher')
    hub.remove(anyone, NAME)
    await hub.publish(ann, frameInput('site', 'other'), 'test')
  })

  it('can be removed, and is forgotten as long after its last frame as any other', () => {
    const { hub, clock, viewer, list } = setUp()
    hub.remember([{ name: { label: 'site', key: 'b' }, start: 'newest', lastSeenAt: clock.now() - 1000 }])
    hub.remove(anyone, { label: 'site', key: 'b' })
    expect(list()).toHaveLength(1)
    clock.advance(590_000)
    expect(list()).toHaveLength(1)
    clock.advance(11_000)
    expect(list()).toEqual([])
    expect(viewer.takeChange()).toMatchObject({ kind: 'left', stream: { name: NAME } })
  })

  it('is not listed if that was too long ago, or if there is one of that name', async () => {
    expect(setUp({ age: 3_600_000 }).list()).toEqual([])
    const { hub, known, list, publish } = setUp()
    await publish()
    hub.remember([known])
    expect(list()).toMatchObject([{ state: 'live', remembered: undefined }])
  })

  it('is as any other that is declared once a source declares it', () => {
    const { hub, list } = setUp({ start: 'next' })
    expect(list()).toMatchObject([{ ...LISTED, start: 'next' }])
    declareNext(hub, 'site', 'cam')
    expect(list()).toMatchObject([{ state: 'starting', start: 'next', remembered: undefined }])
  })

  it('reports nothing: no camera has gone because the server has started', () => {
    const { hub, known } = setUp()
    const reports: string[] = []
    hub.observe({ changed: ({ state }) => reports.push(state), forgotten: () => reports.push('forgotten') })
    hub.remember([{ ...known, name: { label: 'site', key: 'b' } }])
    expect(reports).toEqual([])
  })
})

describe('what is remembered', () => {
  it('is every stream that has sent anything, with its size and when that was', async () => {
    const { hub, clock, known, publish } = setUp()
    expect(hub.directory.records()).toEqual([known])
    await publish()
    clock.advance(5000)
    expect(hub.directory.records()).toEqual([{ ...known, lastSeenAt: clock.now() - 5000 }])
  })

  it('is no stream that a source declares at each start, but those that it finds, without what they showed', () => {
    const { hub, clock } = makeHub()
    hub.declare(anyone, NAME, { when: 'always', startTimeout: 1000, closeAfter: 0 }, { demandChanged() {} })
    hub.accept(anyone, frameInput('site', 'cam'), '1-0', clock.now(), 'test')
    const options = { when: 'on-demand', startTimeout: 1000, closeAfter: 0, start: 'next', isMonitored: true } as const
    const found = hub.declare(anyone, { label: 'beamline', key: 'image' }, options, { demandChanged() {} })
    expect(hub.directory.records()).toEqual([])
    found.heard(100, 10)
    expect(hub.directory.records()).toEqual([
      { name: { label: 'beamline', key: 'image' }, start: 'next', lastSeenAt: clock.now() - 100, size: undefined },
    ])
  })
})
