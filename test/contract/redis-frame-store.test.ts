import { describe, expect, it, onTestFinished } from 'vitest'
import type { StreamProvider } from '../../src/core/declared-stream.ts'
import { NO_DEMAND } from '../../src/core/demand.ts'
import type { FrameInput } from '../../src/core/frame.ts'
import type { FrameId } from '../../src/core/frame-id.ts'
import type { FrameStore } from '../../src/core/frame-store.ts'
import type { StreamCondition } from '../../src/core/stream-condition.ts'
import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import { redisKeyOf } from '../../src/wire/redis-frame.ts'
import { frameInput } from '../support/hub.ts'
import { jpeg } from '../support/pictures.ts'
import { addEntry, openRedisStore } from '../support/redis-frames.ts'
import { type PlainRedis, TestRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'

const shared = TestRedis.ofFile()

/** What the hub would know of a stream. */
interface Known {
  readonly name: StreamName
  readonly provider: StreamProvider
  silence: number | undefined
  /** How often it was heard that frames had come again. */
  wentOn: number
  failure: string | undefined
  reported: StreamCondition | undefined
  isWithdrawn: boolean
}

async function setUp({
  redis = shared(),
  ...rules
}: Parameters<typeof openRedisStore>[1] & { redis?: Promise<TestRedis> } = {}) {
  const server = await redis
  const client = await server.client()
  await client.sendCommand(['FLUSHALL'])
  const lines: string[] = []
  const note = (_fields: object, sentence: string) => lines.push(sentence)
  const store = await openRedisStore(server, { log: { error: note, warn: note, info: note }, ...rules })
  const known = new Map<string, Known>()
  const frames: { readonly input: FrameInput; readonly id: FrameId; readonly receivedAt: number }[] = []
  store.subscribe({
    streamFound(name, provider) {
      const stream: Known = {
        name,
        provider,
        silence: undefined,
        wentOn: 0,
        failure: undefined,
        reported: undefined,
        isWithdrawn: false,
      }
      known.set(name.key, stream)
      return {
        demand: NO_DEMAND,
        arrivals: 0,
        get isWithdrawn() {
          return stream.isWithdrawn
        },
        failed: (reason) => {
          stream.failure = reason
        },
        heard: (silence) => {
          if (silence < (stream.silence ?? 0)) stream.wentOn++
          stream.silence = silence
          stream.failure = undefined
        },
        reported: (condition) => {
          stream.reported = condition
        },
        withdraw: () => {
          stream.isWithdrawn = true
        },
      }
    },
    frameStored: (input, id, receivedAt) => frames.push({ input, id, receivedAt }) > 0,
  })
  onTestFinished(() => store.close())
  const found = (key: string) => until(() => known.has(key), `${key} is found`)
  const demand = (key: string, viewers: number) =>
    known.get(key)?.provider.demandChanged({ ...NO_DEMAND, viewers, kinds: viewers > 0 ? ['image'] : [] })
  return { server, client, store, known, frames, lines, found, demand }
}

/** Waits until Redis answers, of whom that is expected sooner than a busy machine lets it. */
const answers = (store: Pick<FrameStore, 'check'>) => until(() => store.check().then(() => true), 'an answer')

/** How many commands Redis has run. */
async function commandsRun(client: PlainRedis): Promise<number> {
  const info = String(await client.sendCommand(['INFO', 'stats']))
  return Number(/total_commands_processed:(\d+)/.exec(info)?.[1])
}

/** Fields as Redis lists them, by name. */
function entriesOf(flat: readonly Buffer[]): Record<string, Buffer> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[String(name), flat[i + 1] ?? name]] : [])))
}

const widths = (frames: readonly { input: FrameInput }[]) => frames.map(({ input }) => input.size.width)

describe('frames in Redis', () => {
  it('that others write are passed on while somebody watches, from the newest on, each once', async () => {
    const { client, frames, found, demand } = await setUp()
    for (const width of [1, 2, 3]) await addEntry(client, 'site', 'cam', { frame: jpeg(width, 8) })
    await found('cam')
    expect(frames).toEqual([])
    demand('cam', 1)
    await until(() => frames.length === 1, 'the newest')
    for (const width of [4, 5]) {
      await addEntry(client, 'site', 'cam', { frame: jpeg(width, 8) })
      await until(() => frames.length === width - 2, 'one more')
    }
    demand('cam', 0)
    await addEntry(client, 'site', 'cam', { frame: jpeg(6, 8) })
    demand('cam', 1)
    await until(() => frames.length === 4, 'the newest again')
    expect(widths(frames)).toEqual([3, 4, 5, 6])
  })

  it('of many streams are read by one connection, and none of a stream that nobody watches', async () => {
    const { client, frames, found, demand } = await setUp()
    const keys = Array.from({ length: 40 }, (_, i) => `cam ${i}`)
    for (const key of keys) await addEntry(client, 'site', key, { frame: jpeg(8, 8) })
    for (const key of keys) await found(key)
    for (const key of keys.slice(0, 30)) demand(key, 1)
    await until(() => frames.length === 30, 'one of each')
    for (const key of keys) await addEntry(client, 'site', key, { frame: jpeg(16, 8) })
    await until(() => frames.length === 60, 'one more of each')
    const read = new Set(frames.map(({ input }) => input.stream.key))
    expect(read).toEqual(new Set(keys.slice(0, 30)))
  })

  it('have their true age, by the clock of Redis', async () => {
    const { client, frames, known, found, demand } = await setUp()
    const minuteAgo = Date.now() - 60_000
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) }, `${minuteAgo}-0`)
    await found('cam')
    expect(known.get('cam')?.silence).toBeGreaterThan(59_000)
    demand('cam', 1)
    await until(() => frames.length === 1, 'it')
    expect(Math.abs((frames[0]?.receivedAt ?? 0) - minuteAgo)).toBeLessThan(1000)
    expect(frames[0]?.receivedAt).toSatisfy(Number.isInteger)
  })

  it('that this server has stored do not come back, and others read them', async () => {
    const { store, client, frames, found, demand } = await setUp()
    const input = frameInput('site', 'cam', 30)
    await store.append(input, Date.now())
    await found('cam')
    demand('cam', 1)
    await store.append(input, Date.now())
    await addEntry(client, 'site', 'cam', { frame: jpeg(24, 8) })
    await until(() => frames.length > 0, 'the other one')
    expect(widths(frames)).toEqual([24])
    const entries = await client.sendCommand(['XRANGE', redisKeyOf({ label: 'site', key: 'cam' }), '-', '+'])
    expect(JSON.stringify(entries)).toContain(JSON.stringify(Buffer.alloc(30)))
  })

  it('that carry arrays are not stored, and get ids as others do', async () => {
    const { store, client } = await setUp()
    const payload = { kind: 'raw-array', values: new Float64Array(6), shape: [2, 3] } as const
    const input = { ...frameInput('beamline', 'image'), payload }
    const ids = [1000, 1000].map((time) => String(store.append(input, time)))
    expect(ids[1]).toBe(ids[0]?.replace('-0', '-1'))
    expect(await client.sendCommand(['EXISTS', redisKeyOf(input.stream)])).toBe(0)
  })

  it('that a program has copied into another stream with all their fields are shown there', async () => {
    const { store, client, frames, found, demand } = await setUp()
    await store.append(frameInput('site', 'cam'), Date.now())
    const [[, fields]] = Object(
      await client.sendCommand(['XRANGE', redisKeyOf({ label: 'site', key: 'cam' }), '-', '+']),
    )
    const copied = { ...entriesOf(fields), frame: jpeg(8, 8) }
    await addEntry(client, 'site', 'copy', copied)
    await found('copy')
    demand('copy', 1)
    await until(() => frames.length === 1, 'the copy')
  })

  it('are trimmed to ten', async () => {
    const { store, client } = await setUp()
    const input = frameInput('site', 'cam')
    for (let i = 0; i < 15; i++) await store.append(input, Date.now())
    expect(await client.sendCommand(['XLEN', redisKeyOf(input.stream)])).toBe(10)
  })

  it('are skipped where they are garbage, with a line, and the next ones come', async () => {
    const { client, frames, lines, found, demand } = await setUp()
    await addEntry(client, 'site', 'cam', { warnings: 'no picture' })
    await found('cam')
    demand('cam', 1)
    await until(() => lines.length > 0, 'a line')
    await addEntry(client, 'site', 'cam', { frame: 'GIF89a' })
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8), warnings: 'No warning' })
    await until(() => frames.length === 1, 'the good one')
    expect(lines).toEqual(['an entry in Redis is skipped: frame: the entry has no such field'])
    expect(frames[0]?.input.warnings).toEqual([])
  })

  it('that were stored late do not replace newer ones', async () => {
    const { client, frames, found, demand } = await setUp()
    const stored = (width: number, age: number) =>
      addEntry(client, 'site', 'cam', {
        frame: jpeg(width, 8),
        belvedere: JSON.stringify({ node: 'another', stream: ['site', 'cam'], received_at: Date.now() - age }),
      })
    await stored(1, 0)
    await found('cam')
    demand('cam', 1)
    await until(() => frames.length === 1, 'the first')
    await stored(2, 5000)
    await stored(3, 0)
    await until(() => frames.length === 2, 'the third')
    expect(widths(frames)).toEqual([1, 3])
  })

  it('whose ids are too long are skipped without reading them all the time, and the other streams go on', async () => {
    const { client, frames, known, lines, found, demand } = await setUp()
    for (const key of ['a', 'b']) await addEntry(client, 'site', key, { frame: jpeg(8, 8) })
    for (const key of ['a', 'b']) await found(key)
    for (const key of ['a', 'b']) demand(key, 1)
    await until(() => frames.length === 2, 'both')
    await addEntry(client, 'site', 'a', { frame: jpeg(8, 8) }, '18446744073709551615-0')
    await until(() => lines.some((line) => line.includes('its id is too long')), 'a line')
    const [before, since] = [await commandsRun(client), performance.now()]
    await addEntry(client, 'site', 'c', { frame: jpeg(8, 8) })
    await until(() => (known.get('c')?.silence ?? 0) > 500, 'a while')
    for (let i = 3; i <= 6; i++) {
      await addEntry(client, 'site', 'b', { frame: jpeg(8, 8) })
      await until(() => frames.length === i, 'one more')
    }
    // Some that are given regularly, on a slow machine for longer; without a pause it would be thousands a second.
    expect((await commandsRun(client)) - before).toBeLessThan(200 + (performance.now() - since) / 5)
  })

  it('that wait for Redis count with all that comes with their pictures', async () => {
    const redis = TestRedis.start()
    const { store, server } = await setUp({ redis, waitingBytes: 1000, commandTimeout: 200 })
    await answers(store)
    server.freeze()
    const input = { ...frameInput('site', 'cam', 10), metadata: { text: 'x'.repeat(600) } }
    const first = Promise.resolve(store.append(input, Date.now()))
    first.catch(() => {})
    await expect(store.append(input, Date.now())).rejects.toThrow('redis.waiting_bytes')
    await expect(first).rejects.toThrow('has not answered within 200 ms')
    server.thaw()
  })

  it('that wait for Redis take so much memory and no more', async () => {
    const redis = TestRedis.start()
    const { store, server, lines } = await setUp({ redis, waitingBytes: 1000, commandTimeout: 200 })
    await answers(store)
    server.freeze()
    const first = store.append(frameInput('site', 'cam', 600), Date.now())
    await expect(store.append(frameInput('site', 'cam', 600), Date.now())).rejects.toThrow('redis.waiting_bytes')
    await expect(first).rejects.toThrow('has not answered within 200 ms')
    server.thaw()
    expect(lines).toContainEqual(expect.stringMatching(/^a frame was not stored: .*waiting_bytes/))
  })
})

describe('streams in Redis', () => {
  it('are found, and it is known whether they go on', async () => {
    const { client, known, found } = await setUp()
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) })
    await found('cam')
    const first = known.get('cam')?.silence ?? Number.NaN
    expect(first).toBeLessThan(5000)
    await until(() => (known.get('cam')?.silence ?? 0) > first + 100, 'it is silent')
    expect(known.get('cam')?.wentOn).toBe(0)
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) })
    await until(() => known.get('cam')?.wentOn === 1, 'it goes on')
  })

  it('are listed no longer once they are too old, and again when they go on', async () => {
    const { client, known } = await setUp({ forgetAfter: 300 })
    await addEntry(client, 'site', 'old', { frame: jpeg(8, 8) }, `${Date.now() - 1000}-0`)
    // Again and again: on a busy machine one is too old before it is looked at.
    const goesOn = () =>
      until(async () => {
        await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) })
        return known.has('cam')
      }, 'it is found')
    await goesOn()
    await until(() => known.get('cam')?.isWithdrawn === true, 'it is gone')
    expect(known.has('old')).toBe(false)
    known.clear()
    await goesOn()
  })

  it('that are ahead of the clock of Redis are silent when nothing comes, as others are', async () => {
    const { client, known, frames, found, demand } = await setUp()
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) }, `${Date.now() + 3_600_000}-0`)
    await found('cam')
    await until(() => (known.get('cam')?.silence ?? 0) > 200, 'it is silent')
    demand('cam', 1)
    await until(() => frames.length === 1, 'its frame')
    expect(Date.now() - (frames[0]?.receivedAt ?? 0)).toBeGreaterThan(200)
  })

  it('that are removed here stay away until another frame comes', async () => {
    const { store, client, known, found } = await setUp()
    const input = frameInput('site', 'cam')
    await store.append(input, Date.now())
    // At once: the search has not seen that frame.
    store.forget(input.stream)
    await addEntry(client, 'site', 'other', { frame: jpeg(8, 8) })
    await found('other')
    await addEntry(client, 'site', 'another', { frame: jpeg(8, 8) })
    await found('another')
    expect(known.has('cam')).toBe(false)
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) })
    await found('cam')
  })

  it('that a source of this server takes over are read no longer, and again once it has let go', async () => {
    const { client, known, frames, found, demand } = await setUp()
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) })
    await found('cam')
    demand('cam', 1)
    await until(() => frames.length === 1, 'the first')
    const takenOver = known.get('cam')
    known.clear()
    if (takenOver) takenOver.isWithdrawn = true
    await found('cam')
    await addEntry(client, 'site', 'cam', { frame: jpeg(16, 8) })
    const before = known.get('cam')?.silence
    await until(() => known.get('cam')?.silence !== before, 'it was looked at')
    expect(frames).toHaveLength(1)
    demand('cam', 1)
    await until(() => frames.length === 2, 'the next')
  })

  it('are looked up by name at once, with their newest frame', async () => {
    const { client, store, known, frames } = await setUp({ scanPeriod: 3_600_000 })
    await addEntry(client, 'site', 'cam', { frame: jpeg(24, 8) })
    await store.lookUp({ label: 'site', key: 'cam' })
    expect(known.has('cam')).toBe(true)
    expect(widths(frames)).toEqual([24])
    await store.lookUp({ label: 'site', key: 'cam' })
    expect(frames).toHaveLength(1)
    await addEntry(client, 'site', 'cam', { frame: jpeg(32, 8) })
    await store.lookUp({ label: 'site', key: 'cam' })
    expect(widths(frames)).toEqual([24, 32])
  })

  it('that have names we refuse are skipped with a line each, once', async () => {
    const { client, lines, found } = await setUp()
    for (const key of ['stream_frame:AAAA|Y2Ft', 'stream_frame:nothing'])
      await client.sendCommand(['XADD', key, '*', 'frame', 'x'])
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) })
    await found('cam')
    await addEntry(client, 'site', 'later', { frame: jpeg(8, 8) })
    await found('later')
    const line = 'a key in Redis is skipped, as it holds no label and key that are allowed'
    await until(() => lines.length === 2, 'a line each')
    await addEntry(client, 'site', 'last', { frame: jpeg(8, 8) })
    await found('last')
    expect(lines).toEqual([line, line])
  })

  it('whose names differ by normalisation alone are one, written to the key that exists', async () => {
    const { client, store, known } = await setUp({ scanPeriod: 3_600_000 })
    await addEntry(client, 'Bu\u0308hne', 'cam', { frame: jpeg(8, 8) })
    const input = frameInput('B\u00fchne', 'cam')
    await store.append(input, Date.now())
    expect(await client.sendCommand(['XLEN', redisKeyOf({ label: 'Bu\u0308hne', key: 'cam' })])).toBe(2)
    await store.lookUp(input.stream)
    expect(streamId(known.get('cam')?.name ?? { label: '', key: '' })).toBe(streamId(input.stream))
    await store.append(input, Date.now())
    expect(await client.sendCommand(['KEYS', 'stream_frame:*'])).toHaveLength(1)
  })

  it('of which one key is from long ago are read from the other', async () => {
    const { client, found } = await setUp({ forgetAfter: 3_600_000 })
    const old = `${Date.now() - 7_200_000}-0`
    for (let i = 0; i < 8; i++) {
      const forms = ['Bu\u0308hne', 'B\u00fchne']
      for (const [n, label] of forms.entries())
        await addEntry(client, label, `cam ${i}`, { frame: jpeg(8, 8) }, i % 2 === n ? old : '*')
    }
    for (let i = 0; i < 8; i++) await found(`cam ${i}`)
  })

  it('whose key is something else cost the others nothing', async () => {
    const { client, lines, frames, known, found, demand } = await setUp()
    for (const key of ['a', 'b']) await addEntry(client, 'site', key, { frame: jpeg(8, 8) })
    for (const key of ['a', 'b']) await found(key)
    for (const key of ['a', 'b']) demand(key, 1)
    await until(() => frames.length === 2, 'both')
    await client.sendCommand(['SET', redisKeyOf({ label: 'site', key: 'a' }), 'a text'])
    await client.sendCommand(['SET', redisKeyOf({ label: 'site', key: 'c' }), 'a text'])
    for (let i = 3; i <= 6; i++) {
      await addEntry(client, 'site', 'b', { frame: jpeg(8, 8) })
      await until(() => frames.length === i, 'one more')
    }
    await until(() => lines.some((line) => line.includes('holds something else')), 'a line')
    expect(known.has('c')).toBe(false)
    const notLookedAt = () => lines.filter((line) => line.includes('cannot be looked at'))
    await until(() => notLookedAt().length === 2, 'a line for each')
    const before = known.get('b')?.silence ?? 0
    await until(() => (known.get('b')?.silence ?? 0) > before + 500, 'it is looked at many times')
    expect(notLookedAt()).toHaveLength(2)
  })

  it('say why they are silent while Redis is away, and go on when it is back', async () => {
    const redis = TestRedis.start()
    const { server, client, known, frames, found, demand } = await setUp({ redis })
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) })
    await found('cam')
    demand('cam', 1)
    await until(() => frames.length === 1, 'the first')
    await server.kill()
    await until(() => known.get('cam')?.failure !== undefined, 'it is told')
    expect(known.get('cam')?.failure).toMatch(/^Redis at 127\.0\.0\.1:\d+ cannot be reached/)
    await server.startAgain()
    const again = await server.client()
    await addEntry(again, 'site', 'cam', { frame: jpeg(16, 8) })
    await until(() => frames.length === 2, 'the next')
    await until(() => known.get('cam')?.failure === undefined, 'it is well')
  })

  it('that others write are not listed where the ACL allows no scripts, and the log says so', async () => {
    const redis = TestRedis.start('--user default on nopass ~* +@all -eval -evalsha -time'.split(' '))
    const { client, lines, known, store } = await setUp({ redis })
    await addEntry(client, 'site', 'cam', { frame: jpeg(8, 8) })
    await until(() => lines.length >= 2, 'it says what it lacks')
    expect(lines.join('\n')).toMatch(/it is not known which streams in Redis go on/)
    await store.check()
    expect(known.size).toBe(0)
  })
})

it('a stream is read, if later, where the ACL does not allow to end a block', async () => {
  const redis = TestRedis.start('--user default on nopass ~* +@all -client|unblock'.split(' '))
  const { client, lines, frames, found, demand } = await setUp({ redis })
  for (const key of ['a', 'b']) await addEntry(client, 'site', key, { frame: jpeg(8, 8) })
  for (const key of ['a', 'b']) await found(key)
  demand('a', 1)
  await until(() => frames.length === 1, 'one')
  demand('b', 1)
  await until(() => frames.length === 2, 'the other')
  await until(() => lines.length > 0, 'a line')
  expect(lines).toEqual([expect.stringMatching(/client\|unblock.*: without it a stream shows up to 200 ms later$/)])
})

it('a store says that Redis is away, or does not answer', async () => {
  const redis = await TestRedis.start()
  const { store, server } = await setUp({ redis: Promise.resolve(redis), commandTimeout: 200 })
  await answers(store)
  server.freeze()
  await expect(store.check()).rejects.toMatchObject({ code: 'timed_out', retryAfter: 1 })
  await server.kill()
  await until(
    () =>
      store.check().then(
        () => false,
        (error) => Object(error).code === 'unavailable',
      ),
    'it is away',
  )
  await expect(store.lookUp({ label: 'site', key: 'cam' })).rejects.toMatchObject({ code: 'unavailable' })
  expect(store.health().isHealthy).toBe(false)
})

it('a stream that another server feeds is known before its first frame, as that server says, and can be watched', async () => {
  const { client, store, known, frames, demand } = await setUp()
  const name = { label: 'site', key: 'gate' }
  const condition = { state: 'idle', reason: 'on demand: nobody is watching' } as const
  store.announce(new Map([[streamId(name), { name, condition }]]))
  expect(known.get('gate')).toMatchObject({ reported: condition, silence: undefined, isWithdrawn: false })
  demand('gate', 1)
  await addEntry(client, 'site', 'gate', { frame: jpeg(16, 8) })
  await until(() => frames.length === 1, 'its frame is read')
  store.announce(new Map())
  await until(() => known.get('gate')?.silence !== undefined, 'it goes on as others in Redis')
  expect(known.get('gate')).toMatchObject({ reported: undefined, isWithdrawn: false })
  const other = { label: 'site', key: 'other' }
  store.announce(new Map([[streamId(other), { name: other, condition }]]))
  store.announce(new Map())
  expect(known.get('other')).toMatchObject({ isWithdrawn: true })
})
