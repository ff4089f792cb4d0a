import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { BsreadEncoder } from '../../src/wire/bsread/encode.ts'
import { type ExpectedChannel, type RecordedMessage, recordedGroups } from '../support/bsread-fixtures.ts'
import { sendNumberedPulses } from '../support/numbered-pulses.ts'
import { Sender } from '../support/sender.ts'
import { TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const SCRIPT = join(import.meta.dirname, '../fixtures/numpy_values.py')
const CELLS = join(import.meta.dirname, '../fixtures/notebook_cells.py')
const EXAMPLES = join(import.meta.dirname, '../../examples')

/** A server that reads an instrument for each of these, and whose streams somebody watches. */
async function reading(messages: readonly (readonly Uint8Array[])[], config: Record<string, number> = {}) {
  const senders = await Promise.all(messages.map(() => Sender.open()))
  const sources = senders.map(({ port }, i) => ({ name: `gun${i}`, host: '127.0.0.1', port }))
  const server = await TestServer.start({
    config: { 'instruments.sources': JSON.stringify(sources), 'streams.next_wait_ms': 300, ...config },
  })
  const watcher = await TestSocket.open(server.socketUrl('/ws/live'))
  const send = () => Promise.all(senders.map((sender, i) => sender.send(messages[i] ?? [])))
  await send()
  const keysOf = async (label: string) =>
    (await server.streams()).filter((stream) => stream.label === label && 'last_frame' in stream).map(({ key }) => key)
  return {
    server,
    send,
    leave: () => watcher.ws.terminate(),
    keysOf,
    /** Watches all of them, and sends a pulse that is kept. */
    async watch() {
      watcher.ask({ type: 'watch', id: 1, width: 1 })
      await watcher.nextOfType('watching')
      await until(async () => {
        await send()
        const fed = await Promise.all(sources.map(({ name }) => keysOf(name)))
        return fed.every((keys) => keys.length > 0)
      }, 'a picture of each')
    },
  }
}

/** Messages of every type, shape, byte order and compression, with pictures, as a sender in Python sent them. */
function recorded(): readonly RecordedMessage[] {
  const types = recordedGroups().find(({ group }) => group === 'types')
  return (types?.messages ?? []).filter(({ expect: { channels = [] } }) =>
    channels.some(({ shape = [] }) => shape.length === 2 && Math.min(...shape) > 1),
  )
}

/** More values than are written at once. */
const SERIES = Array.from({ length: 20_000 }, (_, i) => i)

/** A message with an image, a list, a text, and channels with which something is wrong. */
function pulse(pulseId: bigint): readonly Uint8Array[] {
  const channels = [
    { name: 'image', type: 'float64', shape: [2, 3], byteOrder: 'big', compression: 'bitshuffle_lz4' },
    { name: 'count', type: 'int64', shape: [2] },
    { name: 'note', type: 'string', shape: [1] },
    { name: 'nothing', type: 'uint8', shape: [1] },
    { name: 'long', type: 'uint8', shape: [1001] },
    { name: 'series', type: 'uint16', shape: [20_000], compression: 'bitshuffle_lz4' },
    { name: 'broken', type: 'uint8', shape: [64], compression: 'lz4' },
  ] as const
  const frames = new BsreadEncoder(channels).encode({
    pulseId,
    globalTimestamp: { sec: 1_700_000_000, ns: 5 },
    values: [
      { value: Float64Array.of(0, Number.NaN, 2, 3, 4.5, Number.NEGATIVE_INFINITY) },
      { value: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n) },
      { value: 'all "well"' },
      null,
      { value: new Uint8Array(1001) },
      { value: Uint16Array.from(SERIES) },
      { value: new Uint8Array(64) },
    ],
  })
  // What follows the size of the last channel.
  frames.at(-2)?.fill(0xff, 4)
  return frames
}

function held(files: readonly Buffer[]): { dtype: string; shape: number[]; sha256: string }[] {
  const input = JSON.stringify(files.map((file) => file.toString('base64')))
  return JSON.parse(execFileSync(PYTHON, [SCRIPT], { input, maxBuffer: 100_000_000 }).toString())
}

/** What NumPy should find. */
function expected({ name, type = 'float64', shape = [1], encoding, value }: ExpectedChannel) {
  if (value?.string !== undefined)
    return { name, dtype: `<U${[...value.string].length}`, shape: [], sha256: value.sha256_le }
  const letter = type === 'bool' ? 'b' : type.slice(0, 1)
  const bytes = type === 'bool' ? 1 : Number(/\d+$/.exec(type)?.[0]) / 8
  const order = bytes === 1 ? '|' : encoding === 'big' ? '>' : '<'
  return { name, dtype: `${order}${letter}${bytes}`, shape: shape.toReversed(), sha256: value?.sha256_le }
}

describe('values as they were measured', () => {
  it('are for NumPy what the sender put in, to the bit: every type, shape, byte order and compression', async () => {
    const messages = recorded()
    const { server, watch, keysOf } = await reading(
      messages.map(({ frames }) => frames),
      { 'limits.calls_per_minute': 100_000 },
    )
    await watch()
    const files: Buffer[] = []
    const due: object[] = []
    for (const [i, { expect: message }] of messages.entries()) {
      const keys = await keysOf(`gun${i}`)
      for (const channel of message.channels ?? []) {
        if (channel.value === null) continue
        const key = keys.includes(channel.name) ? channel.name : String(keys[0])
        const query = `channel=${encodeURIComponent(channel.name)}&pulse=${message.pulse_id}`
        const answer = await server.get(`/streams/gun${i}/${encodeURIComponent(key)}/data?${query}`)
        expect([channel.name, answer.status]).toEqual([channel.name, 200])
        files.push(Buffer.from(await answer.arrayBuffer()))
        due.push(expected(channel))
      }
    }
    expect(files.length).toBeGreaterThan(200)
    const found = held(files)
    expect(due.map((each, i) => ({ ...each, ...found[i] }))).toEqual(due)
  })

  it('are of one pulse in JSON, with every digit; CSV has rows; Accept chooses', async () => {
    const { server, send, watch } = await reading([pulse(1n)])
    await watch()
    const next = server.get(
      '/streams/gun0/image/data?format=json&channel=image&channel=count&channel=note&channel=count&wait=20',
    )
    let isThere = false
    void next.then(() => {
      isThere = true
    })
    await until(async () => {
      await send()
      return isThere
    }, 'the next pulse')
    const text = await (await next).text()
    expect(text).toContain('"count":{"type":"int64","shape":[2],"value":[-9223372036854775808,9007199254740993]}')
    expect(text.split('"count":'), 'what was asked for twice').toHaveLength(2)
    expect(JSON.parse(text)).toMatchObject({
      ...{ label: 'gun0', key: 'image', pulse: { id: '1', timestamp: '1700000000.000000005' } },
      channels: {
        image: {
          type: 'float64',
          shape: [2, 3],
          value: [
            [0, null, 2],
            [3, 4.5, null],
          ],
        },
        note: { type: 'string', shape: [], value: 'all "well"' },
      },
    })
    const kept = '/streams/gun0/image/data?pulse=1'
    const csv = await server.get(kept, { accept: 'text/csv, */*;q=0.1' })
    expect([csv.headers.get('content-type'), csv.headers.get('x-pulse-id')]).toEqual(['text/csv', '1'])
    expect(await csv.text()).toBe('0,nan,2\n3,4.5,-inf\n')
    expect(await (await server.get(`${kept}&channel=note&format=csv`)).text()).toBe('"all ""well"""\n')
    expect(await (await server.get(`${kept}&channel=series&format=csv`)).text()).toBe(`${SERIES.join('\n')}\n`)
    const series = Object(await (await server.get(`${kept}&channel=series&format=json`)).json())
    expect(series.channels).toEqual({ series: { type: 'uint16', shape: [20_000], value: SERIES } })
  })

  it('that cannot be given are refused with the reason', async () => {
    const { server, watch } = await reading([pulse(1n)], { 'data.max_bytes': 1000 })
    await watch()
    const ask = async (query: string) => {
      const answer = await server.get(`/streams/gun0/image/data?${query}`)
      return [answer.status, String(Object(await answer.json()).detail)]
    }
    expect(await ask('pulse=1&channel=nowhere')).toEqual([
      404,
      expect.stringContaining('There is no channel "nowhere"'),
    ])
    expect(await ask('pulse=1&channel=nothing')).toEqual([404, 'Channel "nothing" had no value with this pulse.'])
    expect(await ask('pulse=1&channel=long')).toEqual([413, expect.stringContaining('data.max_bytes')])
    expect(await ask('pulse=1&channel=broken')).toEqual([422, expect.stringContaining('damaged')])
    expect(await ask('pulse=0')).toEqual([404, expect.stringContaining('Pulse 0 of "gun0/image" is not kept')])
    expect(await ask('pulse=x')).toEqual([422, expect.stringContaining('pulse')])
    expect(await ask('channel=a&channel=b')).toEqual([422, expect.stringContaining('format=json')])
    expect(await ask('format=xml')).toEqual([422, expect.stringContaining('format')])
    // Of values written to nobody no limit would know.
    expect((await fetch(`${server.url}/streams/gun0/image/data?pulse=1`, { method: 'HEAD' })).status).toBe(404)
    await server.publish('site', 'camera')
    expect((await server.get('/streams/site/camera/data')).status).toBe(422)
  })

  it('of a pulse go to nobody once the last viewer has left', async () => {
    const { server, watch, leave } = await reading([pulse(1n)])
    await watch()
    expect((await server.get('/streams/gun0/image/data?pulse=1')).status).toBe(200)
    expect((await server.get('/streams/gun0/image/data?pulse=1&wait=20')).headers.get('x-pulse-id')).toBe('1')
    leave()
    await until(async () => (await server.get('/streams/gun0/image/data?pulse=1')).status === 404, 'it is dropped')
    const neither = await server.get('/streams/gun0/image/data?pulse=1&wait=0.05')
    expect([neither.status, await neither.text()]).toEqual([204, ''])
    const late = await server.get('/streams/gun0/image/data')
    expect([late.status, Object(await late.json()).detail]).toEqual([
      404,
      expect.stringContaining('none from before can be had'),
    ])
  })
})

it('examples/values.py prints what the next pulse has; the cells of live-picture.ipynb show the live picture and values', async () => {
  const source = { host: '127.0.0.1', port: await sendNumberedPulses() }
  const config = { 'access.anonymous': 'view', 'instruments.sources': JSON.stringify([source]) }
  const server = await TestServer.start({ config })
  const run = async (...args: string[]) =>
    (await promisify(execFile)(PYTHON, args, { env: { ...process.env, BELVEDERE_URL: server.url } })).stdout
  expect(await run(join(EXAMPLES, 'values.py'))).toMatch(/^pulse \d+: float64 \(48, 64\), mean 0\.015625\n$/)

  const cells = (await run(CELLS, join(EXAMPLES, 'live-picture.ipynb'))).trim().split('\n')
  const [, picture = '', image, several = ''] = cells.map((line) => String(JSON.parse(line)))
  expect(image).toMatch(/^\('\d+', dtype\('float64'\), \(48, 64\), .*0\.015625\)?\)$/)
  expect(several).toMatch(/^\('(\d+)', \1, \1\)$/)
  const [, address = ''] = /^<img src="([^"]+)">$/.exec(picture) ?? []
  const video = await fetch(address)
  expect(video.headers.get('content-type')).toMatch(/^multipart\/x-mixed-replace/)
  let received = ''
  for await (const chunk of video.body ?? []) {
    received += Buffer.from(chunk).toString('latin1')
    if (received.includes('image/jpeg')) break
  }
  expect(received).toContain('Content-Type: image/jpeg')
})
