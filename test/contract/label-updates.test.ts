import { describe, expect, it } from 'vitest'
import { must, startHouse, textOf } from '../support/accounts.ts'
import { jpeg } from '../support/pictures.ts'
import { KEY, TestServer } from '../support/server.ts'
import { SocketIoClient, type SocketIoOptions } from '../support/socket-io.ts'
import { until } from '../support/until.ts'

const QUICK = { 'labels.update_interval_s': 0.1, 'streaming.update_after_s': 0.1 }
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** The newest picture of each camera that a client was shown, by its name: `site/a`. */
function shownTo(client: SocketIoClient): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const { label, images, image_names } of client.all('update'))
    for (const [i, key] of Object.entries(Object(image_names))) shown[`${label}/${key}`] = Object(images)[i]
  return shown
}

async function untilShown(client: SocketIoClient, pictures: Record<string, Uint8Array>): Promise<void> {
  const expected = JSON.stringify(
    Object.fromEntries(Object.entries(pictures).map(([name, file]) => [name, base64(file)])),
  )
  const shown = () => JSON.stringify(Object.fromEntries(Object.entries(shownTo(client)).sort()))
  await until(() => shown() === expected, `it sees ${Object.keys(pictures)} (${Object.keys(shownTo(client))})`)
}

describe("the first generation's update", () => {
  const WAYS: SocketIoOptions[] = [
    { version: 2, transports: ['polling'] },
    { version: 2, transports: ['websocket'] },
    { version: 4, transports: ['websocket'] },
  ]

  it.each(WAYS)('shows a client $version over $transports that asks for nothing all labels', async (options) => {
    const server = await TestServer.start({ config: QUICK })
    const a = await server.publish('site', 'a')
    const b = await server.publish('site', 'b', { file: jpeg(24, 8) })
    const client = new SocketIoClient(server, options)
    await untilShown(client, { 'site/a': a, 'site/b': b })
    expect(client.all('update')[0]).toEqual({ label: 'site', images: [base64(a), base64(b)], image_names: ['a', 'b'] })
    const newer = await server.publish('site', 'b', { file: jpeg(32, 8) })
    const yard = await server.publish('yard', 'a', { file: jpeg(40, 8) })
    await untilShown(client, { 'site/a': a, 'site/b': newer, 'yard/a': yard })
    expect(client.all('error')).toEqual([])
  })

  it('shows the labels that a client asks for, and none to one that follows events', async () => {
    const server = await TestServer.start({ config: { ...QUICK, 'streaming.update_after_s': 60 } })
    const files = { 'site/a': await server.publish('site', 'a'), 'yard/a': await server.publish('yard', 'a') }
    const [one, follower] = [new SocketIoClient(server), new SocketIoClient(server)]
    await follower.ask('subscribe', { event_types: ['bell'] })
    await one.ask('subscribe_labels', ['yard', 'elsewhere'])
    await untilShown(one, { 'yard/a': files['yard/a'] })
    await one.ask('subscribe_labels', ['site'])
    await untilShown(one, files)
    expect(follower.all('update')).toEqual([])
  })

  it('shows a hundred labels to a client that asks for all of them and for a hundred types of events', async () => {
    const server = await TestServer.start({ config: QUICK })
    const labels = Array.from({ length: 100 }, (_, i) => `site-${String(i).padStart(2, '0')}`)
    const files: Record<string, Uint8Array> = {}
    for (const label of labels) files[`${label}/a`] = await server.publish(label, 'a')
    const client = new SocketIoClient(server)
    await client.ask('subscribe', { event_types: labels })
    await client.ask('subscribe_labels', labels)
    await untilShown(client, files)
    await must(server, 'POST /events', { token: KEY, body: { type: 'SITE-42', label: 'site-07' } })
    expect(await client.sees('live_event')).toMatchObject([{ event_type: 'SITE-42', label: 'site-07' }])
    expect(await client.ask('subscribe_labels', [...labels, 'one-more'])).toMatchObject({
      error: expect.stringContaining('labels'),
    })
  })

  it('shows a user the own site, a visitor with a link one camera, and nobody more than that', async () => {
    const { server, admin, add } = await startHouse({ config: { 'access.anonymous': 'none', ...QUICK } })
    const files = {
      'North/gate': await server.publish('North', 'gate'),
      'North/yard': await server.publish('North', 'yard', { file: jpeg(24, 8) }),
      'South/gate': await server.publish('South', 'gate', { file: jpeg(32, 8) }),
    }
    const { access, refresh } = await add('una', 'user', ['South'])
    const streams = [{ label: 'North', key: 'yard' }]
    const link = await must(server, 'POST /links', {
      token: admin,
      body: { name: 'visit', streams, expires_at: Date.now() + 60_000 },
    })
    const as = (token: string) => new SocketIoClient(server, { auth: { token } })
    const [una, visitor, boss] = [as(access), as(textOf(link, 'token')), as(admin)]
    await untilShown(boss, files)
    await untilShown(una, { 'South/gate': files['South/gate'] })
    await untilShown(visitor, { 'North/yard': files['North/yard'] })
    una.emit('subscribe_labels', ['North'])
    const [error] = await una.sees('error')
    expect(error).toEqual({ message: 'una may not view anything of "North"' })
    const before = una.all('update').length
    for (const key of ['gate', 'yard']) await server.publish('North', key, { file: jpeg(48, 8) })
    await until(() => shownTo(boss)['North/gate'] === base64(jpeg(48, 8)), 'it is shown to the admin')
    expect(una.all('update')).toHaveLength(before)
    await must(server, 'POST /logout', { token: access, body: { refresh_token: refresh } })
    await una.sees('disconnect')
  })
})
