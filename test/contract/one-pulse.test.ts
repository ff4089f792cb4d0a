import { describe, expect, it, onTestFinished } from 'vitest'
import { LiveClient, type LiveFrame, valuesOf } from '../../client/index.ts'
import { ask, must, refused, startHouse, textOf } from '../support/accounts.ts'
import { columnOf, IMAGE, sendNumberedPulses } from '../support/numbered-pulses.ts'
import { Pixels } from '../support/pixels.ts'
import { authorized, type TestServer } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { until } from '../support/until.ts'

/* An instrument all of whose values follow from the id of their pulse, so that whatever is mixed up is seen. */

const DATA = '/streams/beamline/image/data'
const CHANNELS = 'format=json&channel=image&channel=image_profile_x&channel=beam_energy&channel=note'

/** A server that reads it, which nobody may watch without signing in. */
async function start() {
  const source = { host: '127.0.0.1', port: await sendNumberedPulses() }
  const house = await startHouse({
    config: { 'access.anonymous': 'none', 'instruments.sources': JSON.stringify([source]) },
  })
  const { access: guest } = await house.add('ann', 'guest', ['beamline'])
  return { ...house, guest }
}

/** The column that is bright in a picture. */
async function brightColumnOf(bytes: Uint8Array): Promise<number> {
  const pixels = await Pixels.of(bytes)
  expect([pixels.width, pixels.height]).toEqual([IMAGE.width, IMAGE.height])
  const green = Array.from({ length: IMAGE.width }, (_, x) => pixels.at(x, IMAGE.height / 2)[1])
  return green.indexOf(Math.max(...green))
}

/** Watches it with the SDK. */
async function watched(server: TestServer, token: string, values?: 'native') {
  const client = new LiveClient(server.url, { token })
  onTestFinished(() => client.disconnect())
  const frames: LiveFrame[] = []
  client.connect()
  client.watch({
    label: 'beamline',
    maxFps: 100,
    ...(values && { values }),
    onFrame: (frame) => void frames.push(frame),
  })
  await until(() => frames.length >= 3, 'three frames')
  return { client, frames }
}

/** Several channels of one pulse. */
async function channelsOf(server: TestServer, token: string, query: string) {
  const { pulse, channels } = await must(server, `GET ${DATA}?${CHANNELS}&${query}`, { token })
  const [{ id }, { image, image_profile_x, beam_energy, note }] = [Object(pulse), Object(channels)]
  return {
    id: Number(id),
    image: image.value,
    profile: image_profile_x.value,
    energy: beam_energy.value,
    note: note.value,
  }
}

function expectOnePulse({ id, image, profile, energy, note }: Awaited<ReturnType<typeof channelsOf>>): void {
  expect([energy, note]).toEqual([id, `pulse ${id}`])
  expect(profile).toEqual(Array(IMAGE.width).fill(id))
  const row = Array.from({ length: IMAGE.width }, (_, x) => (x === columnOf(id) ? 1 : 0))
  expect(image).toEqual(Array(IMAGE.height).fill(row))
}

describe('a pulse is one', () => {
  it('on the old page: its numbers and its picture', async () => {
    const { server, guest } = await start()
    const page = new SocketIoClient(server, { namespace: '/test', auth: { token: guest } })
    await page.sees('newmessage', 2)
    const answer = await server.get('/static/images/stream.png?t=1', authorized(guest))
    const pulse = Number(answer.headers.get('x-pulse-id'))
    expect(await brightColumnOf(new Uint8Array(await answer.arrayBuffer()))).toBe(columnOf(pulse))
    const told = page.all('newmessage')
    for (const { beam_energy, image_size_x, repetition_rate } of told)
      expect([image_size_x, repetition_rate]).toEqual([beam_energy, beam_energy])
    expect(told.map(({ beam_energy }) => beam_energy)).toContain(pulse)
  })

  it('on /ws/live: picture, numbers and profile; values of the next one and of one that is kept', async () => {
    const { server, guest } = await start()
    const { frames } = await watched(server, guest)
    for (const { pulse, metadata, bytes } of frames.slice(0, 3)) {
      const id = Number(pulse?.id)
      expect(metadata).toMatchObject({ beam_energy: id, note: `pulse ${id}`, image_profile_x: Array(64).fill(id) })
      expect(await brightColumnOf(bytes)).toBe(columnOf(id))
    }
    expectOnePulse(await channelsOf(server, guest, 'wait=20'))
    // One that is gone meanwhile is refused, never another one given.
    await until(async () => {
      const shown = Number(frames.at(-1)?.pulse?.id)
      const kept = await ask(server, `GET ${DATA}?${CHANNELS}&pulse=${shown}`, { token: guest })
      if (kept.status === 404) return false
      expect(Object(kept.body.pulse)).toMatchObject({ id: String(shown) })
      expect(Object(kept.body.channels).beam_energy.value).toBe(shown)
      return true
    }, 'a pulse that is still kept')
  })

  it('for a share link: values on /ws/live and over HTTP; no pulse by its id, and nothing for strangers', async () => {
    const { server, admin } = await start()
    const shared = { streams: [{ label: 'beamline', key: 'image' }], metadata: true }
    const link = { name: 'visit', ...shared, expires_at: Date.now() + 3_600_000 }
    const token = textOf(await must(server, 'POST /links', { token: admin, body: link }), 'token')
    const { frames } = await watched(server, token, 'native')
    for (const frame of frames.slice(0, 3)) {
      const [id, values] = [Number(frame.pulse?.id), valuesOf(frame)?.values ?? []]
      expect([frame.metadata?.beam_energy, values.length]).toEqual([id, IMAGE.width * IMAGE.height])
      expect([...values.slice(0, IMAGE.width)].indexOf(1)).toBe(columnOf(id))
    }
    const shown = frames.at(-1)?.pulse?.id
    expect(await ask(server, `GET ${DATA}?pulse=${shown}`, { token })).toMatchObject(refused(404))
    expectOnePulse(await channelsOf(server, token, `wait=20&pulse=${shown}`))
    expect((await ask(server, `GET ${DATA}`)).status).toBe(401)
  })
})
