import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { ALLOWED } from '../../../test/support/store-kinds.ts'
import type { CameraSettings } from '../../core/camera.ts'
import { openStores } from '../../open-stores.ts'
import type { Stores } from './stores.ts'

const GATE: CameraSettings = {
  stream: { label: 'North', key: 'gate' },
  url: 'rtsp://10.0.0.5/live?token=Versteckt-in-der-Adresse',
  user: 'admin',
  password: 'Geheim-P@ss#1%0X',
  runs: 'always',
  certificate: 'any',
  transport: 'tcp',
}
const CONFIG = { video_url: 'rtsp://a:Hub-Geheimnis@cam/', site: 'North', stream_name: 'yard', more: 'Hub-Zusatz' }
const SECRETS = ['Geheim-', 'Versteckt', 'Hub-', '10.0.0.5']

const open = (folder: string): Promise<Stores> => openStores({ data_dir: folder }, new ManualClock())
const keyFile = (folder: string) => join(folder, 'cameras.key')

/** Whatever of the secrets is in any file of the folder. */
function found(folder: string, secrets = SECRETS): string[] {
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const)
  return files.flatMap(([name, bytes]) =>
    secrets.filter((secret) => bytes.includes(secret)).map((secret) => `${secret} in ${name}`),
  )
}

/** A data folder with one added camera and one of the hub's list. */
async function makeFolder() {
  const folder = temporaryFolder()
  const stores = await open(folder)
  await stores.cameras.add(GATE, ALLOWED)
  await stores.hubCameras.replace([{ config: CONFIG }], ALLOWED)
  return { folder, stores }
}

describe('the cameras in the data folder', () => {
  it('have no secret in any of its files, open or closed, changed or removed', async () => {
    const { folder, stores } = await makeFolder()
    expect(found(folder)).toEqual([])
    await stores.cameras.change(GATE.stream, { ...GATE, password: 'Geheim-anders' }, ALLOWED)
    await stores.close()
    expect(found(folder)).toEqual([])
    const again = await open(folder)
    expect(await again.cameras.list()).toEqual([{ settings: { ...GATE, password: 'Geheim-anders' } }])
    expect(await again.hubCameras.list()).toEqual([{ config: CONFIG }])
    await again.close()
  })

  it('need a key file only once there is one of them', async () => {
    const folder = temporaryFolder()
    const stores = await open(folder)
    expect([await stores.cameras.list(), await stores.hubCameras.list()]).toEqual([[], []])
    await stores.hubCameras.replace([], ALLOWED)
    expect(existsSync(keyFile(folder))).toBe(false)
    await stores.close()
  })

  it('of an earlier version are encrypted at the first start, and nothing is left of them in the clear', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'belvedere.db')
    const old = new DatabaseSync(path, { enableForeignKeyConstraints: false })
    old.exec('pragma journal_mode = wal; pragma secure_delete = off')
    old.exec(readFileSync(join(import.meta.dirname, '../../../test/fixtures/accounts-0.1.0.sql'), 'utf8'))
    const insert = old.prepare('insert into cameras values (?, ?, ?)')
    for (let n = 0; n < 50; n++) {
      const video_url = `rtsp://admin:Klartext-${n}@cam/`
      insert.run(video_url, n + 10, JSON.stringify({ video_url, note: 'Klartext' }))
    }
    // What was removed before is in the free pages of the file.
    old.exec('delete from cameras where place > 12; pragma wal_checkpoint(truncate)')
    old.close()
    expect(found(folder, ['Klartext-40'])).toHaveLength(1)
    const stores = await open(folder)
    expect(found(folder, ['Klartext'])).toEqual([])
    expect((await stores.hubCameras.list()).map(({ config }) => config.video_url)).toEqual(
      ['rtsp://b', 'rtsp://a'].concat([0, 1, 2].map((n) => `rtsp://admin:Klartext-${n}@cam/`)),
    )
    await stores.close()
    expect(found(folder, ['Klartext'])).toEqual([])
  })

  it('without their key file are still listed, say so, and are not overwritten', async () => {
    const { folder, stores } = await makeFolder()
    await stores.close()
    renameSync(keyFile(folder), `${folder}.key`)
    const lost = await open(folder)
    const problem = expect.stringMatching(/lost.*cameras\.key.*put that back, or type them again/)
    expect(await lost.cameras.list()).toEqual([
      { settings: expect.objectContaining({ stream: GATE.stream, url: '' }), problem },
    ])
    expect(await lost.hubCameras.list()).toEqual([
      { config: { video_url: '', site: 'North', stream_name: 'yard' }, problem },
    ])
    // Another camera gets a new key, beside which the old one is put back.
    const yard = { ...GATE, stream: { label: 'North', key: 'yard' } }
    expect(await lost.cameras.add(yard, ALLOWED)).toBe(true)
    expect((await lost.cameras.list()).map((each) => each.problem === undefined)).toEqual([false, true])
    const both = readFileSync(`${folder}.key`, 'utf8') + readFileSync(keyFile(folder), 'utf8')
    writeFileSync(keyFile(folder), both)
    expect(await lost.cameras.list()).toEqual([{ settings: GATE }, { settings: yard }])
    expect(await lost.hubCameras.list()).toEqual([{ config: CONFIG }])
    await lost.close()
    rmSync(`${folder}.key`)
  })

  it('cannot be read from each other’s rows', async () => {
    const { folder, stores } = await makeFolder()
    await stores.cameras.add({ ...GATE, stream: { label: 'North', key: 'mine' }, password: 'mine' }, ALLOWED)
    await stores.close()
    const sqlite = new DatabaseSync(join(folder, 'belvedere.db'))
    sqlite.exec(`update added_cameras set sealed = (select sealed from added_cameras where key = 'gate')`)
    sqlite.close()
    const again = await open(folder)
    const [gate, mine] = await again.cameras.list()
    expect(gate).toEqual({ settings: GATE })
    expect(mine).toMatchObject({ settings: { url: '' }, problem: expect.stringContaining('damaged') })
    await again.close()
  })
})
