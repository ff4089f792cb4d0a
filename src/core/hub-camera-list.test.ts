import { describe, expect, it } from 'vitest'
import { anyone } from '../../test/support/hub.ts'
import type { CameraConfig, HubCamera, HubCameraStore } from './camera-store.ts'
import { HubCameraList, MAX_CAMERAS } from './hub-camera-list.ts'

/** A store whose writes are asynchronous. */
function makeStore(cameras: CameraConfig[] = []) {
  const stored: { all: readonly HubCamera[] } = { all: cameras.map((config) => ({ config })) }
  const store: HubCameraStore = {
    list: async () => [...stored.all],
    async replace(all, check) {
      await Promise.resolve()
      check()
      stored.all = [...all]
    },
  }
  const kept = {
    get cameras() {
      return stored.all.map(({ config }) => config)
    },
  }
  return { kept, stored, list: new HubCameraList(store) }
}

const GATE = { video_url: 'rtsp://admin:geheim@10.0.0.5/live', site: 'North', stream_name: 'gate' }
const GATE_MASKED = { ...GATE, video_url: 'rtsp://admin:***@10.0.0.5/live' }

describe('the list of cameras', () => {
  it('refuses names that no stream can have, and takes cameras without one', async () => {
    const { list } = makeStore()
    for (const field of ['site', 'stream_name'])
      for (const name of ['.', '..', '\u200b'])
        await expect(list.replace(anyone, [{ ...GATE, [field]: name }])).rejects.toThrow(`config[0].${field}: must not`)
    await list.replace(anyone, [{ ...GATE, site: '', stream_name: null }])
  })

  it('is shown in its order without passwords, wherever they are', async () => {
    const detail = { backups: ['http://a:b@c/', { still: 'http://cam/?pwd=x' }], port: 5, on: true, none: null }
    const { list } = makeStore([{ video_url: 'http://z/' }, { ...GATE, detail }])
    expect(await list.read(anyone)).toEqual([
      { video_url: 'http://z/' },
      {
        ...GATE_MASKED,
        detail: { backups: ['http://a:***@c/', { still: 'http://cam/?pwd=***' }], port: 5, on: true, none: null },
      },
    ])
  })

  it('is shown without what headers and fields of their own keep secret, and keeps that when it comes back', async () => {
    const still = { url: 'http://still/', headers: { Authorization: 'Bearer t', Accept: 'image/*' } }
    const stored = [
      { ...GATE, password: 'geheim', pin_password: 1234, token: '', headers: { authorization: 'Basic x' }, still },
    ]
    const { kept, list } = makeStore(stored)
    const shown = await list.read(anyone)
    expect(shown).toEqual([
      {
        ...GATE_MASKED,
        ...{ password: '***', pin_password: '***', token: '', headers: { authorization: '***' } },
        still: { ...still, headers: { ...still.headers, Authorization: '***' } },
      },
    ])
    await list.replace(anyone, shown)
    expect(kept.cameras).toEqual(stored)
    const elsewhere = { url: 'http://evil.example/', headers: { Authorization: '***' } }
    await expect(list.replace(anyone, [{ ...GATE_MASKED, still: elsewhere }])).rejects.toThrow(
      /config\[0\]\.still\.headers\.Authorization: its password is masked/,
    )
    await expect(list.replace(anyone, [{ video_url: 'http://new/', password: '***' }])).rejects.toThrow(/is masked/)
  })

  it('becomes the new one: left out goes, known is merged field by field, new is added', async () => {
    const { kept, list } = makeStore([
      { video_url: 'http://a/', x: 1 },
      { video_url: 'http://b/', x: 1, y: { z: 1 } },
    ])
    const next = [
      { video_url: 'http://c/', anything: [1] },
      { video_url: 'http://b/', x: 2 },
    ]
    const merged = [
      { video_url: 'http://c/', anything: [1] },
      { video_url: 'http://b/', x: 2, y: { z: 1 } },
    ]
    expect(await list.replace(anyone, next)).toEqual({ cameras: merged, added: 1, removed: 1 })
    expect(kept.cameras).toEqual(merged)
  })

  it('keeps what is stored where something masked comes back', async () => {
    const stored = [{ ...GATE, backups: ['http://a:b@c/', 'http://d:e@f/'], still: 'http://cam/?pwd=x' }]
    const { kept, list } = makeStore(stored)
    const shown = await list.read(anyone)
    expect(await list.replace(anyone, shown)).toEqual({ cameras: shown, added: 0, removed: 0 })
    expect(kept.cameras).toEqual(stored)
    await list.replace(anyone, [{ ...GATE_MASKED, backups: ['http://d:***@f/', 'http://a:new@c/'], site: 'South' }])
    expect(kept.cameras).toEqual([
      { ...GATE, backups: ['http://d:e@f/', 'http://a:new@c/'], still: 'http://cam/?pwd=x', site: 'South' },
    ])
  })

  it('keeps cameras apart that differ only in their passwords', async () => {
    const stored = ['one', 'two'].map((word) => ({ video_url: `rtsp://a:${word}@cam/`, site: word }))
    const { kept, list } = makeStore(stored)
    await list.replace(anyone, await list.read(anyone))
    expect(kept.cameras).toEqual(stored)
  })

  it('is compared with the one before in one pass, however long both are', async () => {
    let reads = 0
    const cameras = Array.from({ length: 400 }, (_, i) => ({
      get video_url() {
        reads++
        return `rtsp://admin:secret${i}@10.0.0.5/${i}`
      },
    }))
    const { kept, list } = makeStore(cameras)
    const before = cameras.map(({ video_url }) => video_url)
    const shown = (await list.read(anyone)).reverse()
    reads = 0
    expect(await list.replace(anyone, shown)).toMatchObject({ added: 0, removed: 0 })
    expect(kept.cameras.map(({ video_url }) => video_url)).toEqual(before.reverse())
    expect(reads).toBeLessThan(20 * cameras.length)
  })

  it('gives no stored password to another address', async () => {
    const { kept, list } = makeStore([GATE])
    for (const video_url of ['rtsp://admin:***@evil.example/live', 'rtsp://root:***@10.0.0.5/live'])
      await expect(list.replace(anyone, [{ video_url }])).rejects.toThrow(
        /config\[0\]\.video_url: its password is masked/,
      )
    await expect(
      list.replace(anyone, [{ ...GATE_MASKED, deep: [{ still: 'http://admin:***@evil.example/' }] }]),
    ).rejects.toThrow(/config\[0\]\.deep\[0\]\.still: its password is masked/)
    expect(kept.cameras).toEqual([GATE])
  })

  it.each([
    [undefined, /config: must be a list/],
    [{}, /config: must be a list/],
    [[null], /config\[0\]: must be an object/],
    [[[]], /config\[0\]: must be an object/],
    [[{ video_url: 'http://a/' }, { url: 'http://b/' }], /config\[1\]: must be an object with a text "video_url"/],
    [[{ video_url: 5 }], /config\[0\]: must be an object with a text/],
    [[{ video_url: '' }], /config\[0\]\.video_url: must begin with http:\/\/, https:\/\//],
    [[{ video_url: 'file:///etc/passwd' }], /must begin with/],
    [[{ video_url: 'javascript://x/%0aalert(1)' }], /must begin with/],
    [[{ video_url: 'rtsp:///live' }], /name a host/],
    [[{ video_url: 'rtsp://admin:pa/ss@cam/' }], /is no URL; in a password, write \/ as %2F/],
    [[{ video_url: 'rtsp://admin:pa ss@cam/' }], /is no URL/],
    [[GATE, GATE], /config\[1\]\.video_url: is that of another camera/],
    [new Array(MAX_CAMERAS + 1).fill(GATE), /at most 1000 cameras, these are 1001/],
  ])('is not changed by what is none: %j', async (given, reason) => {
    const { kept, list } = makeStore([GATE])
    await expect(list.replace(anyone, given)).rejects.toThrow(reason)
    expect(kept.cameras).toEqual([GATE])
  })

  it('takes two changes at the same time one after the other', async () => {
    const { kept, list } = makeStore([{ video_url: 'http://a/' }])
    const change = (fields: object) => list.replace(anyone, [{ video_url: 'http://a/', ...fields }])
    await Promise.all([change({ x: 1 }), change({ y: 2 })])
    expect(kept.cameras).toEqual([{ video_url: 'http://a/', x: 1, y: 2 }])
  })

  it('is the administrators’', async () => {
    const { list } = makeStore([GATE])
    const other = { ...anyone, grants: [] }
    await expect(list.read(other)).rejects.toThrow(/may not administer/)
    await expect(list.replace(other, [])).rejects.toThrow(/may not administer/)
  })

  it('is neither shown to nor changed by somebody who loses the right while the store is read', async () => {
    const end = new AbortController()
    const { kept, list } = makeStore([GATE])
    const other = { ...anyone, ended: end.signal }
    const pending = [list.read(other), list.replace(other, [])]
    end.abort('this account was disabled')
    for (const each of pending) await expect(each).rejects.toThrow('No longer allowed: this account was disabled.')
    expect(kept.cameras).toEqual([GATE])
  })

  it('keeps a field called __proto__ as a field', async () => {
    const { kept, list } = makeStore()
    const given: unknown = JSON.parse('[{"video_url":"http://a/","__proto__":{"polluted":1}}]')
    await list.replace(anyone, given)
    expect(JSON.stringify(kept.cameras)).toBe(JSON.stringify(given))
    expect(kept.cameras[0]).not.toHaveProperty('polluted')
  })

  it('goes on pulling the stream that was switched on when it is posted again, also from another address', async () => {
    const { stored, list } = makeStore([GATE, { video_url: 'rtsp://b/' }])
    const pull = { runs: 'always', certificate: 'any', transport: 'tcp' } as const
    const stream = { label: 'North', key: 'gate' }
    expect(await list.pull({ label: 'North', key: 'yard' }, pull, () => {})).toBe(false)
    expect(await list.pull(stream, pull, () => {})).toBe(true)
    await list.replace(anyone, await list.read(anyone))
    expect(stored.all).toEqual([{ config: GATE, pull }, { config: { video_url: 'rtsp://b/' } }])
    await list.replace(anyone, [{ ...GATE, video_url: 'rtsp://moved/' }])
    expect(stored.all[0]).toMatchObject({ config: { video_url: 'rtsp://moved/' }, pull })
    await list.replace(anyone, [])
    await list.replace(anyone, [GATE])
    expect(stored.all[0]?.pull).toBeUndefined()
  })

  it('is not read in parts when some of it cannot be, and is replaced by a whole one', async () => {
    const { stored, list } = makeStore()
    stored.all = [{ config: GATE }, { config: { video_url: '', site: 'a' }, problem: 'the key is lost.' }]
    await expect(list.read(anyone)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('the key is lost. A list that is posted whole replaces it'),
    })
    expect(await list.replace(anyone, [GATE])).toMatchObject({ added: 0, removed: 1 })
    expect(await list.read(anyone)).toEqual([GATE_MASKED])
  })

  it('tells of its changes before its maker is answered', async () => {
    const { stored, list } = makeStore()
    const told: number[] = []
    list.onChanged(async () => void told.push(stored.all.length))
    await list.replace(anyone, [GATE])
    expect(told).toEqual([1])
  })
})
