import { describe, expect, it } from 'vitest'
import { anyone } from '../../test/support/hub.ts'
import type { Instrument, InstrumentChannel, InstrumentSettings, InstrumentStatus } from './instrument.ts'
import { InstrumentList, type InstrumentListParts } from './instrument-list.ts'
import { KnownInstruments } from './known-instruments.ts'
import type { Principal } from './principal.ts'

function named(name: string): InstrumentSettings {
  return { name, host: name, port: 8888, socket: 'pull', mode: 'connect' }
}

const CHANNELS: readonly InstrumentChannel[] = [
  { name: 'screen', type: 'float64', shape: [480, 640], isPicture: true },
  { name: 'slit', type: 'uint16', shape: [480, 640], isPicture: true },
  { name: 'energy', type: 'float64', shape: [], isPicture: false },
]

const STATUS: InstrumentStatus = {
  state: 'live',
  reason: 'pulses come',
  messages: 5,
  bytes: 500,
  rate: 100,
  bytesPerSecond: 0,
  lostPulses: 0,
  restarts: 0,
  rejected: 0,
  channels: CHANNELS,
}

/** A list with a store whose writes are asynchronous, and instruments that note whether they run. */
function makeList(stored: readonly string[] = [], rules: Partial<InstrumentListParts> = {}) {
  const kept = stored.map(named)
  const running: string[] = []
  const known = new KnownInstruments()
  const list = new InstrumentList({
    known,
    store: {
      list: async () => [...kept],
      async add(instrument, check) {
        await Promise.resolve()
        check()
        kept.push(instrument)
        return true
      },
      async remove(name, check) {
        await Promise.resolve()
        check()
        kept.splice(
          kept.findIndex((each) => each.name === name),
          1,
        )
        return true
      },
    },
    start(settings): Instrument {
      running.push(settings.name)
      return { settings, status: STATUS, stop: async () => void running.splice(running.indexOf(settings.name), 1) }
    },
    whyNot: undefined,
    max: 10,
    ...rules,
  })
  return { list, known, kept, running, names: () => list.list(anyone).map(({ settings }) => settings.name) }
}

/** Who may view only these streams. */
function viewerOf(label: string, key?: string): Principal {
  const grants = [{ actions: ['view'] as const, scope: { kind: 'streams' as const, streams: [{ label, key }] } }]
  return { ...anyone, grants }
}

describe('the list of instruments', () => {
  it('reads those of the configuration, then those that were added', async () => {
    const { list, running, names } = makeList(['b', 'a'])
    expect(await list.load([named('beamline')])).toEqual([])
    expect(running).toEqual([])
    list.start()
    expect(running).toEqual(['beamline', 'b', 'a'])
    expect(names()).toEqual(['beamline', 'b', 'a'])
  })

  it('reads that of the configuration where one of the same name was added before', async () => {
    const { list, running, kept } = makeList(['beamline'])
    expect(await list.load([{ ...named('beamline'), port: 1 }])).toEqual(['beamline'])
    list.start()
    expect(running).toEqual(['beamline'])
    expect(list.list(anyone)).toMatchObject([{ settings: { port: 1 }, origin: 'configuration' }])
    expect(kept).toHaveLength(1)
  })

  it('keeps and starts what is added, and stops and forgets what is removed', async () => {
    const { list, running, kept } = makeList()
    const added = await list.add(anyone, named('gun'))
    expect(added).toMatchObject({ settings: { name: 'gun' }, origin: 'added', whyNot: '', channels: CHANNELS })
    expect([running, kept]).toEqual([['gun'], [named('gun')]])
    await list.remove(anyone, 'gun')
    expect([running, kept]).toEqual([[], []])
    expect(list.list(anyone)).toEqual([])
  })

  it('has one instrument of a name, also when two come at once', async () => {
    const { list, running } = makeList()
    const both = await Promise.allSettled([list.add(anyone, named('a')), list.add(anyone, named('a'))])
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'conflict' } }])
    expect(running).toEqual(['a'])
  })

  it('has one instrument that pulls from a sender, as two would have half of its pulses each', async () => {
    const { list, running } = makeList(['b'])
    await list.load([{ ...named('a'), host: 'b' }])
    list.start()
    expect(running).toEqual(['a'])
    expect(list.list(anyone)[1]).toMatchObject({
      settings: { name: 'b' },
      whyNot: expect.stringContaining('"a" pulls from b:8888 already'),
    })
    const again = list.add(anyone, { ...named('c'), host: 'B' })
    await expect(again).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('"a" pulls from b:8888 already'),
    })
    await list.add(anyone, { ...named('c'), host: 'b', socket: 'sub' })
    expect(running).toEqual(['a', 'c'])
  })

  it('has a limit, which names its setting', async () => {
    const { list } = makeList([], { max: 1 })
    await list.add(anyone, named('a'))
    await expect(list.add(anyone, named('b'))).rejects.toMatchObject({ code: 'exhausted', limit: 'instruments.max' })
  })

  it('reads the first ones and says so of the others where the limit has become smaller', async () => {
    const { list, running } = makeList(['a', 'b'], { max: 1 })
    await list.load([])
    list.start()
    expect(running).toEqual(['a'])
    expect(list.list(anyone)[1]).toMatchObject({
      running: undefined,
      whyNot: expect.stringContaining('instruments.max'),
    })
  })

  it('removes nothing that is in the configuration, and says where it is', async () => {
    const { list, running } = makeList()
    await list.load([named('beamline')])
    list.start()
    await expect(list.remove(anyone, 'beamline')).rejects.toMatchObject({ code: 'conflict', message: /configuration/ })
    await expect(list.remove(anyone, 'other')).rejects.toMatchObject({ code: 'not_found' })
    expect(running).toEqual(['beamline'])
  })

  it('keeps but does not read where another server does, and says so', async () => {
    const { list, running, kept } = makeList(['a'], { whyNot: 'Another server does.' })
    await list.load([])
    list.start()
    expect(await list.add(anyone, named('b'))).toMatchObject({ running: undefined, whyNot: 'Another server does.' })
    expect(running).toEqual([])
    expect(kept).toHaveLength(2)
  })

  it('lists one that could not be started with the reason', async () => {
    const { list } = makeList([], {
      start() {
        throw new Error('no more streams')
      },
    })
    expect(await list.add(anyone, named('a'))).toMatchObject({ running: undefined, whyNot: 'no more streams' })
  })

  it('starts nothing any more once it is closed', async () => {
    const { list, running } = makeList(['a'])
    await list.load([])
    list.start()
    await list.close()
    await list.add(anyone, named('b'))
    expect(running).toEqual([])
  })

  it('is changed by administrators only, who are asked again before it is stored', async () => {
    const { list, kept } = makeList(['a'])
    await list.load([])
    const viewer = viewerOf('a')
    await expect(list.add(viewer, named('b'))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(list.remove(viewer, 'a')).rejects.toMatchObject({ code: 'forbidden' })
    const end = new AbortController()
    const adding = list.add({ ...anyone, ended: end.signal }, named('b'))
    const removing = list.remove({ ...anyone, ended: end.signal }, 'a')
    end.abort('signed out')
    await expect(adding).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(removing).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(kept).toEqual([named('a')])
  })

  it('shows people the instruments of which they may view a stream, without the pictures that they may not', async () => {
    const { list } = makeList(['a', 'b'])
    await list.load([])
    list.start()
    const channelsOf = (principal: Principal) =>
      list.list(principal).map(({ settings, channels }) => [settings.name, ...channels.map(({ name }) => name)])
    expect(channelsOf(viewerOf('a'))).toEqual([['a', 'screen', 'slit', 'energy']])
    expect(channelsOf(viewerOf('b', 'slit'))).toEqual([['b', 'slit', 'energy']])
    expect(channelsOf(viewerOf('c'))).toEqual([])
    expect(() => list.list({ ...anyone, grants: [] })).toThrow(/may not view/)
  })
})

describe('the status of a stream', () => {
  it('is that of its instrument, if the stream is one of its pictures', async () => {
    const { list, known } = makeList(['a'])
    await list.load([])
    expect(known.statusOf({ label: 'a', key: 'screen' })).toBeUndefined()
    list.start()
    expect(known.statusOf({ label: 'a', key: 'screen' })).toBe(STATUS)
    expect(known.statusOf({ label: 'a', key: 'energy' })).toBeUndefined()
    expect(known.statusOf({ label: 'b', key: 'screen' })).toBeUndefined()
  })

  it('has the units of its values and of what is measured with them, not those of other pictures', async () => {
    const { list, known } = makeList([])
    await list.load([{ ...named('a'), units: { energy: 'eV', screen: 'counts', slit: 'mm' } }])
    list.start()
    expect(known.unitsOf({ label: 'a', key: 'screen' })).toEqual({ energy: 'eV', screen: 'counts' })
    expect(known.unitsOf({ label: 'a', key: 'energy' })).toEqual({})
    expect(known.unitsOf({ label: 'b', key: 'screen' })).toEqual({})
  })
})
