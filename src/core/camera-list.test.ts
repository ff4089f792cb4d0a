import { describe, expect, it } from 'vitest'
import { FakePuller } from '../../test/support/cameras.ts'
import { anyone } from '../../test/support/hub.ts'
import type { CameraSettings } from './camera.ts'
import { CameraList } from './camera-list.ts'
import { CameraRunner, type CameraRunnerParts } from './camera-runner.ts'
import type { HubCamera, StoredCamera } from './camera-store.ts'
import { HubCameraList } from './hub-camera-list.ts'
import { KnownCameras } from './known-cameras.ts'
import type { Principal } from './principal.ts'
import { isSameStream } from './stream-name.ts'

function camera(key: string, more: Partial<CameraSettings> = {}): CameraSettings {
  const rest = { runs: 'on-demand', certificate: 'verified', transport: 'auto' } as const
  return { stream: { label: 'North', key }, url: `rtsp://${key}/`, ...rest, ...more }
}

const north = (key: string) => ({ label: 'North', key })

/** A list with stores whose writes are asynchronous, and cameras that note whether they run. */
function makeList(stored: readonly StoredCamera[] = [], rules: Partial<CameraRunnerParts> = {}) {
  const kept = [...stored]
  const hubStore: { cameras: readonly HubCamera[] } = { cameras: [] }
  const puller = new FakePuller()
  const known = new KnownCameras()
  const hub = new HubCameraList({
    list: async () => [...hubStore.cameras],
    async replace(all, check) {
      await Promise.resolve()
      check()
      hubStore.cameras = all
    },
  })
  const at = (stream: CameraSettings['stream']) =>
    kept.findIndex(({ settings }) => isSameStream(settings.stream, stream))
  const list = new CameraList({
    known,
    hub,
    store: {
      list: async () => [...kept],
      async add(settings, check) {
        await Promise.resolve()
        check()
        kept.push({ settings })
        return true
      },
      async change(stream, settings, check) {
        await Promise.resolve()
        check()
        kept.splice(at(stream), 1, { settings })
        return true
      },
      async remove(stream, check) {
        await Promise.resolve()
        check()
        kept.splice(at(stream), 1)
        return true
      },
    },
    runner: new CameraRunner({ known, puller, whyNot: undefined, max: 10, ...rules }),
  })
  hub.onChanged(() => list.refresh())
  const states = () => list.list(anyone).map(({ settings, origin, whyNot }) => [settings.stream.key, origin, whyNot])
  const post = (...keys: readonly string[]) =>
    hub.replace(
      anyone,
      keys.map((key) => ({ video_url: `rtsp://hub/${key}`, site: 'North', stream_name: key })),
    )
  return { list, hub, hubStore, known, kept, puller, states, post }
}

/** Who may edit cameras of these labels only. */
function editorOf(...labels: readonly string[]): Principal {
  return { ...anyone, grants: [{ actions: ['view', 'edit_cameras'], scope: { kind: 'labels', labels } }] }
}

describe('the list of cameras', () => {
  it('pulls those of the configuration, then those that were added, unless they are off', async () => {
    const { list, puller, states } = makeList([{ settings: camera('b') }, { settings: camera('c', { runs: 'off' }) }])
    await list.load([camera('a')])
    expect([puller.running, states()[0]]).toEqual([[], ['a', 'configuration', 'The server is starting.']])
    await list.start()
    expect(puller.running).toEqual(['North/a', 'North/b'])
    expect(states()).toEqual([
      ['a', 'configuration', ''],
      ['b', 'added', ''],
      ['c', 'added', 'It is switched off.'],
    ])
  })

  it('knows the cameras of the hub’s list, which are off until somebody switches them on', async () => {
    const { list, puller, states, post } = makeList()
    await list.load([])
    await list.start()
    await post('a', 'b')
    expect([puller.running, states().map(([key, origin]) => [key, origin])]).toEqual([
      [],
      [
        ['a', 'hub'],
        ['b', 'hub'],
      ],
    ])
    await list.change(editorOf('North'), north('a'), { runs: 'on-demand' })
    expect(puller.running).toEqual(['North/a'])
    await post('b', 'a')
    expect(puller.running).toEqual(['North/a'])
    await post('b')
    expect([puller.running, states().map(([key]) => key)]).toEqual([[], ['b']])
    for (const change of [{ url: 'rtsp://x/' }, { user: 'x' }, { password: 'x' }, { key: 'x' }])
      await expect(list.change(anyone, north('b'), change)).rejects.toMatchObject({ code: 'conflict' })
    await expect(list.remove(anyone, north('b'))).rejects.toMatchObject({ code: 'conflict' })
  })

  it('lists of the hub’s cameras what can be: those with a name, also of an address that cannot be pulled', async () => {
    const { list, hub, states, puller } = makeList()
    await list.load([])
    await list.start()
    const named = { site: 'North', stream_name: 'a' }
    await hub.replace(anyone, [
      { video_url: 'rtsp://x/' },
      { video_url: 'rtsp://{host}/', ...named },
      { video_url: 'rtsp://second/', ...named },
    ])
    expect(states()).toEqual([['a', 'hub', expect.stringMatching(/^Its address cannot be pulled: url: .*\{host\}\.$/)]])
    await list.change(anyone, north('a'), { runs: 'always' })
    expect(puller.running).toEqual([])
  })

  it('has one camera that counts for each stream, and says so of the others', async () => {
    const { list, hubStore, puller, states } = makeList([{ settings: camera('a') }, { settings: camera('b') }])
    const config = (key: string) => ({ video_url: 'rtsp://hub/', site: 'North', stream_name: key })
    const pull = { runs: 'always', certificate: 'any', transport: 'tcp' } as const
    hubStore.cameras = ['a', 'b'].map((key) => ({ config: config(key), pull }))
    await list.load([camera('a', { url: 'rtsp://configured/' })])
    await list.start()
    const configured = 'The configuration has a camera of this name, which counts.'
    expect(states()).toEqual([
      ['a', 'configuration', ''],
      ['a', 'added', configured],
      ['b', 'added', ''],
      ['a', 'hub', configured],
      ['b', 'hub', 'A camera of this name was added here, which counts.'],
    ])
    expect(puller.running).toEqual(['North/a', 'North/b'])
    await list.remove(anyone, north('b'))
    expect(puller.started.at(-1)).toMatchObject({ settings: { url: 'rtsp://hub/', ...pull }, origin: 'hub' })
    await list.remove(anyone, north('a'))
    expect(states().map(([key, origin]) => [key, origin])).toEqual([
      ['a', 'configuration'],
      ['a', 'hub'],
      ['b', 'hub'],
    ])
    await expect(list.remove(anyone, north('a'))).rejects.toThrow('cameras.sources')
    await expect(list.change(anyone, north('a'), { runs: 'off' })).rejects.toThrow('cameras.sources')
  })

  it('has one camera of a name, also when two come at once', async () => {
    const { list, puller } = makeList()
    await list.load([])
    await list.start()
    const both = await Promise.allSettled([list.add(anyone, camera('a')), list.add(anyone, camera('a '))])
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'conflict' } }])
    await list.add(anyone, camera('b'))
    await expect(list.change(anyone, north('b'), { key: 'a' })).rejects.toMatchObject({ code: 'conflict' })
    expect(puller.running).toEqual(['North/a', 'North/b'])
    await list.change(anyone, north('b'), { key: 'B' })
    expect(puller.running).toEqual(['North/a', 'North/B'])
  })

  it('stops a camera before it starts it anew with other settings', async () => {
    const { list, puller, kept } = makeList()
    await list.load([])
    await list.start()
    await list.add(anyone, camera('a', { password: 'x' }))
    const changed = await list.change(anyone, north('a'), { transport: 'udp', runs: 'always' })
    expect(changed).toMatchObject({ settings: { transport: 'udp', password: 'x' }, whyNot: '' })
    expect(puller.started).toHaveLength(2)
    expect(kept).toMatchObject([{ settings: { transport: 'udp' } }])
  })

  it('has a limit, which names its setting; what is off in the hub’s list does not count', async () => {
    const { list, post, puller, states } = makeList([], { max: 2 })
    await list.load([camera('a')])
    await list.start()
    await post('x', 'y', 'z')
    await list.change(anyone, north('x'), { runs: 'always' })
    const full = { code: 'exhausted', limit: 'cameras.max' }
    await expect(list.add(anyone, camera('b'))).rejects.toMatchObject(full)
    await expect(list.change(anyone, north('y'), { runs: 'always' })).rejects.toMatchObject(full)
    await list.change(anyone, north('x'), { runs: 'on-demand' })
    expect(puller.running).toEqual(['North/a', 'North/x'])
    expect(states().map(([, , whyNot]) => whyNot)).toEqual(['', '', expect.any(String), expect.any(String)])
  })

  it('pulls the first ones and says so of the others where the limit has become smaller', async () => {
    const { list, puller, states } = makeList(
      ['a', 'b'].map((key) => ({ settings: camera(key) })),
      { max: 1 },
    )
    await list.load([])
    await list.start()
    expect([puller.running, states()[1]]).toEqual([
      ['North/a'],
      ['b', 'added', 'At most 1 cameras are pulled (cameras.max).'],
    ])
    await list.change(anyone, north('a'), { runs: 'off' })
    expect(puller.running).toEqual(['North/b'])
  })

  it('keeps but does not pull where another server does, and says so', async () => {
    const { list, puller, kept } = makeList([], { whyNot: 'Another server does.' })
    await list.load([])
    await list.start()
    expect(await list.add(anyone, camera('a'))).toMatchObject({ running: undefined, whyNot: 'Another server does.' })
    expect([puller.running, kept.length]).toEqual([[], 1])
    await expect(list.retry(anyone, north('a'))).rejects.toThrow('"North/a" is not pulled: Another server does.')
  })

  it('lists one that could not be started with the reason, and starts it when it can be', async () => {
    const { list, puller, states } = makeList()
    await list.load([])
    await list.start()
    puller.fault = new Error('no more streams')
    expect(await list.add(anyone, camera('a'))).toMatchObject({ running: undefined, whyNot: 'no more streams' })
    await expect(list.retry(anyone, north('a'))).rejects.toThrow('"North/a" is not pulled: no more streams')
    puller.fault = undefined
    expect(await list.retry(anyone, north('a'))).toMatchObject({ whyNot: '' })
    expect(states()).toEqual([['a', 'added', '']])
  })

  it('lists one whose address is lost until it is typed again, and overwrites nothing before', async () => {
    const stored = { settings: camera('a', { url: '' }), problem: 'It is lost.' }
    const { list, puller, kept, states } = makeList([stored])
    await list.load([])
    await list.start()
    expect(states()).toEqual([['a', 'added', 'It is lost.']])
    await expect(list.change(anyone, north('a'), { runs: 'always' })).rejects.toThrow(
      'type the address and the password',
    )
    expect([kept, puller.running]).toEqual([[stored], []])
    await list.change(anyone, north('a'), { url: 'rtsp://u:p@cam/' })
    expect([states(), puller.running]).toEqual([[['a', 'added', '']], ['North/a']])
  })

  it('follows what other servers have changed', async () => {
    const { list, kept, puller } = makeList([{ settings: camera('a') }, { settings: camera('b') }])
    await list.load([])
    await list.start()
    kept.splice(0, 2, { settings: camera('b', { runs: 'always' }) }, { settings: camera('c') })
    await list.refresh()
    expect(puller.running).toEqual(['North/b', 'North/c'])
    expect(puller.started).toHaveLength(4)
    await list.refresh()
    expect(puller.started).toHaveLength(4)
  })

  it('starts nothing any more once it is closed', async () => {
    const { list, puller } = makeList([{ settings: camera('a') }])
    await list.load([])
    await list.start()
    await list.close()
    await list.add(anyone, camera('b'))
    await list.start()
    expect(puller.running).toEqual([])
  })

  it('is changed by who may edit cameras of the label, who is asked again before it is stored', async () => {
    const { list, kept } = makeList([{ settings: camera('a') }])
    await list.load([])
    const south = editorOf('South')
    const forbidden = { code: 'forbidden' }
    await expect(list.add(south, camera('b'))).rejects.toMatchObject(forbidden)
    await expect(list.change(south, north('a'), { label: 'South' })).rejects.toMatchObject(forbidden)
    await expect(list.change(editorOf('North'), north('a'), { label: 'South' })).rejects.toMatchObject(forbidden)
    await expect(list.remove(south, north('a'))).rejects.toMatchObject(forbidden)
    await expect(list.retry(south, north('a'))).rejects.toMatchObject(forbidden)
    expect(() => list.changed(south, north('a'), {})).toThrow(/may not edit cameras/)
    const end = new AbortController()
    const leaving = { ...editorOf('North', 'South'), ended: end.signal }
    const changes = [
      list.add(leaving, camera('b')),
      list.change(leaving, north('a'), { label: 'South' }),
      list.remove(leaving, north('a')),
      list.retry(leaving, north('a')),
    ]
    end.abort('signed out')
    for (const change of changes) await expect(change).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(kept).toEqual([{ settings: camera('a') }])
  })

  it('shows people the cameras whose streams they may view, and says whether they may edit them', async () => {
    const { list } = makeList([
      { settings: camera('a') },
      { settings: camera('b', { stream: { label: 'South', key: 'b' } }) },
    ])
    await list.load([])
    const shown = (principal: Principal) =>
      list.list(principal).map(({ settings, mayEdit }) => [settings.stream.key, mayEdit])
    expect(shown(editorOf('North'))).toEqual([['a', true]])
    const grants = [{ actions: ['view'] as const, scope: { kind: 'streams' as const, streams: [north('a')] } }]
    expect(shown({ ...anyone, grants })).toEqual([['a', false]])
    expect(shown({ ...anyone, grants, isPicturesOnly: true })).toEqual([])
    expect(() => shown({ ...anyone, grants: [] })).toThrow(/may not view/)
  })
})
