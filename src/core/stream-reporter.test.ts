import { expect, it } from 'vitest'
import { anyone, declareNext, frameInput, makeHub } from '../../test/support/hub.ts'
import { IMAGES } from './frame.ts'
import type { Json } from './json.ts'
import type { EncodedImage } from './payload.ts'
import type { Principal } from './principal.ts'
import type { Stream } from './stream.ts'
import { StreamReporter, type StreamReportRules } from './stream-reporter.ts'

/** A reported event, in short. */
interface Seen {
  readonly type: string
  readonly stream: string
  readonly data: Json
  readonly image: EncodedImage | undefined
  readonly publisher: string | undefined
  readonly priority: string | undefined
}

const publisher = (id: string): Principal => ({
  ...anyone,
  id,
  grants: [{ actions: ['publish'], scope: { kind: 'patterns', patterns: ['*'] } }],
})

function make(rules: Partial<StreamReportRules> = {}) {
  const { hub, clock } = makeHub()
  const seen: Seen[] = []
  const limits: string[] = []
  const reporter = new StreamReporter({
    clock,
    counters: { limited: (limit) => limits.push(limit) },
    report({ type, label, key, data, priority }, { image, publisher } = {}) {
      seen.push({ type, stream: `${label}/${key}`, data, image, publisher, priority })
    },
    rules: { statesPerMinute: 10, warningsPerMinute: 10, reportsPerMinute: 100, ...rules },
  })
  const stop = hub.observe(reporter)
  const publish = async (key: string, warnings: readonly string[] = [], who: Principal = anyone) => {
    const input = { ...frameInput('site', key), warnings }
    await hub.publish(who, input, 'test')
    return input.payload
  }
  /** What was reported since the last call: the type, and what of its data says why or which. */
  const reports = () =>
    seen.splice(0).map(({ type, stream, data }) => `${type} ${stream} ${Object.values(Object(data)).join()}`)
  return { hub, clock, reporter, stop, publish, reports, seen, limits }
}

/** Publishes a frame each second. */
async function keepLive({ clock, publish }: ReturnType<typeof make>, key: string, seconds: number) {
  for (let i = 0; i < seconds; i++) {
    await publish(key)
    clock.advance(1000)
  }
}

it('reports that pictures cannot be decoded, once until one can, and not too often', async () => {
  const made = make({ statesPerMinute: 3 })
  await made.publish('cam')
  const stream = streamOf(made)
  made.reports()
  const bad = (since: number) => made.hub.judge(stream, { reason: 'this picture cannot be decoded', since })
  bad(1)
  bad(1)
  expect(made.reports()).toEqual(['stream_undecodable site/cam this picture cannot be decoded'])
  // Nobody watches for a while, as often as a viewer likes.
  for (let i = 0; i < 5; i++) {
    made.hub.judge(stream, 'untried')
    expect(stream.undecodable).toBeUndefined()
    bad(2)
  }
  expect(made.reports()).toEqual([])
  made.hub.judge(stream, 'untried')
  made.hub.judge(stream, 'decodable')
  expect(made.reports()).toEqual(['stream_decodable site/cam its pictures can be decoded again'])
  bad(3)
  made.hub.judge(stream, 'decodable')
  bad(4)
  expect(made.reports()).toHaveLength(2)
  expect(made.limits).toEqual(['events.states_per_minute'])
  made.hub.judge(stream, 'decodable')
  expect(made.reports()).toEqual([])
})

it('says that it is over, for all servers, when a stream is removed whose pictures cannot be decoded', async () => {
  const made = make()
  await made.publish('cam')
  made.hub.judge(streamOf(made), { reason: 'this picture cannot be decoded', since: 1 })
  made.reports()
  made.hub.remove(anyone, { label: 'site', key: 'cam' })
  expect(made.reports()).toEqual(['stream_decodable site/cam it was removed', 'stream_offline site/cam it was removed'])
})

it('reports a stream as online, stale, offline and online again, each once', async () => {
  const made = make()
  await keepLive(made, 'cam', 3)
  expect(made.reports()).toEqual(['stream_online site/cam frames are coming in'])
  made.clock.advance(5000)
  expect(made.reports()).toEqual(['stream_stale site/cam no frame for longer than usual'])
  made.clock.advance(60_000)
  expect(made.reports()).toEqual(['stream_offline site/cam no frame for a long time'])
  await keepLive(made, 'cam', 3)
  expect(made.reports()).toEqual(['stream_online site/cam frames are coming in'])
})

it('says nothing of a stream that only waits for viewers, and why one cannot be started', () => {
  const { hub, clock, reports } = make()
  const options = { when: 'on-demand', startTimeout: 10_000, closeAfter: 0 } as const
  const name = { label: 'site', key: 'cam' }
  const { failed } = hub.declare(anyone, name, options, { demandChanged() {} })
  const watch = () => {
    const viewer = hub.watch(anyone, {
      dialect: 'test',
      accepts: { kinds: ['image'], includes: (_): _ is never => true },
      wake() {},
    })
    viewer.watch(0, name)
    return viewer
  }
  const viewer = watch()
  hub.accept(anyone, frameInput('site', 'cam'), '1-0', clock.now(), 'test')
  expect(reports()).toEqual(['stream_online site/cam frames are coming in'])
  viewer.close()
  clock.advance(60_000)
  expect(reports()).toEqual([])
  watch()
  failed('the camera says no')
  expect(reports()).toEqual(['stream_offline site/cam the camera says no'])
})

it('reports a stream that changes all the time so many times a minute, then as it is later', async () => {
  const made = make({ statesPerMinute: 2 })
  await made.publish('cam')
  made.clock.advance(5000)
  expect(made.reports()).toHaveLength(2)
  await made.publish('cam')
  made.clock.advance(5000)
  await made.publish('cam')
  expect(made.reports()).toEqual([])
  expect(made.limits).toEqual(['events.states_per_minute'])
  await keepLive(made, 'cam', 60)
  expect(made.reports()).toEqual(['stream_online site/cam frames are coming in'])
  // Back to what was reported last: there is nothing to say.
  made.clock.advance(5000)
  await keepLive(made, 'cam', 120)
  expect(made.reports()).toEqual(['stream_stale site/cam no frame for longer than usual', expect.any(String)])
})

it('reports a warning without a picture where a stream gives nobody one from before he came', async () => {
  const { hub, publish, seen } = make()
  declareNext(hub, 'site', 'image')
  hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} }).watch(0, { label: 'site' })
  await publish('image', ['too_hot'])
  expect(seen).toContainEqual(expect.objectContaining({ type: 'warning_raised', image: undefined }))
})

it('reports each warning when it is raised, with the picture that had it, and when it is cleared', async () => {
  const { clock, publish, seen } = make()
  await publish('cam')
  seen.length = 0
  const image = await publish('cam', ['no_hardhat', 'too_close'])
  await publish('cam', ['no_hardhat'])
  clock.advance(900)
  await publish('cam', ['no_hardhat'])
  clock.advance(900)
  expect(seen).toEqual([
    {
      type: 'warning_raised',
      stream: 'site/cam',
      priority: 'HIGH',
      data: { warning: 'no_hardhat' },
      image,
      publisher: undefined,
    },
    expect.objectContaining({ type: 'warning_raised', data: { warning: 'too_close' }, image }),
    expect.objectContaining({ type: 'warning_cleared', data: { warning: 'too_close' }, priority: 'NORMAL' }),
  ])
  await publish('cam')
  clock.advance(2500)
  expect(seen.at(-1)).toMatchObject({ type: 'warning_cleared', data: { warning: 'no_hardhat' }, image: undefined })
})

it('reports so many warnings a minute, those that are left over if they are still there, and clears what it raised', async () => {
  const { clock, publish, reports, limits } = make({ warningsPerMinute: 3 })
  await publish('cam')
  for (let n = 0; n < 50; n++) {
    await publish('cam', [`${n} m to the edge`, ...(n > 10 ? ['no_hardhat'] : [])])
    clock.advance(100)
  }
  const raised = reports().filter((report) => report.startsWith('warning_raised'))
  expect(raised.map((report) => report.slice(-15))).toEqual([0, 1, 2].map((n) => ` ${n} m to the edge`.slice(-15)))
  expect(limits).toEqual(['events.warnings_per_minute'])
  for (let n = 0; n < 120; n++) {
    await publish('cam', ['no_hardhat'])
    clock.advance(500)
  }
  const later = reports()
  expect(later.filter((report) => report.startsWith('warning_raised'))).toEqual(['warning_raised site/cam no_hardhat'])
  clock.advance(2000)
  expect(reports()).toContain('warning_cleared site/cam no_hardhat')
})

it('counts for whoever opened the stream, and not too many for one publisher', async () => {
  const { publish, seen, limits, reports } = make({ reportsPerMinute: 3 })
  for (const key of ['1', '2', '3', '4', '5']) await publish(key, [], publisher('key:1'))
  for (const key of ['6', '7']) await publish(key, [], publisher('key:2'))
  await publish('8')
  expect(seen.map(({ publisher }) => publisher)).toEqual([
    ...['key:1', 'key:1', 'key:1'],
    ...['key:2', 'key:2'],
    undefined,
  ])
  expect(limits).toEqual(['events.reports_per_minute', 'events.reports_per_minute'])
  expect(reports()).toHaveLength(6)
})

it('reports what is still true of what was too much, once there is room', async () => {
  const made = make({ reportsPerMinute: 2 })
  for (const key of ['1', '2', '3', '4']) await made.publish(key)
  expect(made.reports()).toHaveLength(2)
  for (let i = 0; i < 61; i++) {
    for (const key of ['1', '2', '3', '4']) await made.publish(key)
    made.clock.advance(1000)
  }
  expect(made.reports()).toEqual(['3', '4'].map((key) => `stream_online site/${key} frames are coming in`))
})

it('ends what it reported of a stream that is removed, and nothing comes later', async () => {
  const { hub, clock, publish, reports } = make({ warningsPerMinute: 1 })
  await publish('cam', ['no_hardhat', 'too_close'])
  reports()
  hub.remove(anyone, { label: 'site', key: 'cam' })
  expect(reports()).toEqual(['warning_cleared site/cam no_hardhat', 'stream_offline site/cam it was removed'])
  clock.advance(120_000)
  expect(reports()).toEqual([])
})

it('reports nothing after it was closed', async () => {
  const { clock, publish, reporter, stop, reports } = make({ warningsPerMinute: 1 })
  await publish('cam', ['no_hardhat', 'too_close'])
  expect(reports()).toHaveLength(2)
  stop()
  reporter.close()
  clock.advance(120_000)
  expect(reports()).toEqual([])
})

it('takes nothing of what a stream may report for a report that its owner may not make', async () => {
  const made = make({ warningsPerMinute: 1, reportsPerMinute: 1 })
  await keepLive(made, 'cam', 10)
  expect(made.reports()).toEqual(['stream_online site/cam frames are coming in'])
  for (let i = 10; i < 61; i++) {
    await made.publish('cam', ['smoke'])
    made.clock.advance(1000)
  }
  expect(made.reports()).toEqual(['warning_raised site/cam smoke'])
  expect(made.limits).toEqual(['events.reports_per_minute'])
})

/** The only stream that there is. */
function streamOf({ hub }: ReturnType<typeof make>): Stream {
  let found: Stream | undefined
  hub.observe({ changed() {}, forgotten() {}, demandChanged: (stream) => (found = stream) })
  hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} }).watch(0, {})
  if (!found) throw new Error('there is no stream')
  return found
}
