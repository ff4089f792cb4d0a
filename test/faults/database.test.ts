import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask, must, startHouse, textOf } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/** A server whose database is in a folder of its own, somebody who watches it, and what it logs as errors. */
async function start() {
  const folder = temporaryFolder()
  const errors: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => errors.push(JSON.parse(line).msg) })
  const house = await startHouse({ config: { data_dir: folder }, log })
  await house.server.publish('site', 'camera')
  const viewer = await TestSocket.open(house.server.socketUrl('/ws/labels', 'site'))
  await viewer.nextFrame()
  const addKey = (name: string) =>
    ask(house.server, 'POST /keys', { token: house.admin, body: { name, scope: 'view', labels: ['site'] } })
  const keys = async () => (await must(house.server, 'GET /keys', { token: house.admin })).keys
  return { ...house, path: join(folder, 'belvedere.db'), viewer, errors, addKey, keys }
}

describe('a database that another process has locked for writing', () => {
  it('makes a change wait, and neither frames nor other requests', async () => {
    const { server, path, viewer, addKey } = await start()
    const other = new DatabaseSync(path)
    onTestFinished(() => other.close())
    // The server itself may be writing at this moment.
    other.exec('pragma busy_timeout = 5000; begin immediate')
    let isAnswered = false
    const answer = addKey('a key').finally(() => {
      isAnswered = true
    })
    for (let frame = 0; frame < 5; frame++) {
      await server.publish('site', 'camera')
      await viewer.nextFrame()
      expect((await server.get('/streams')).status).toBe(200)
    }
    expect(isAnswered).toBe(false)
    other.exec('rollback')
    expect((await answer).status).toBe(201)
  })

  it('lets a change that waits be answered 503 at shutdown', async () => {
    const { server, path, addKey } = await start()
    const other = new DatabaseSync(path)
    onTestFinished(() => other.close())
    other.exec('pragma busy_timeout = 5000; begin immediate')
    const answer = addKey('a key')
    for (let i = 0; i < 3; i++) expect((await server.get('/streams')).status).toBe(200)
    await server.close()
    expect((await answer).status).toBe(503)
  })

  it('does not delay that a right is lost which was taken away before', async () => {
    const { server, path, errors, addKey } = await start()
    const token = textOf((await addKey('a key')).body, 'key')
    const viewer = await TestSocket.open(`${server.socketUrl('/ws/labels', 'site')}?token=${token}`)
    const other = new DatabaseSync(path)
    onTestFinished(() => other.close())
    other.exec("pragma busy_timeout = 5000; delete from api_keys where name = 'a key'; begin immediate")
    expect(await viewer.closed).toMatchObject({ code: 1008 })
    // It has not waited in vain for what is locked to this moment.
    expect(errors).toEqual([])
  })
})

describe('a shutdown while another process has locked the database', () => {
  it('ends, and says what could not be written', async () => {
    const { server, path, errors, addKey } = await start()
    const { body: key } = await addKey('a key')
    const other = new DatabaseSync(path)
    onTestFinished(() => other.close())
    other.exec('pragma busy_timeout = 5000; begin immediate')
    expect(await ask(server, 'POST /login', { body: { username: 'admin', password: 'wrong' } })).toMatchObject({
      status: 401,
    })
    // The key was used, which is to be written too.
    await must(server, 'GET /streams', { token: textOf(key, 'key') })
    await server.close()
    expect(errors).toContain('entries of the audit trail are lost: they cannot be written')
    expect(errors).toContain('the accounts could not be read or written')
  })
})

describe('a database whose file is removed while the server runs', () => {
  it('is reported, once, refuses changes and loses none, while pictures go on, until the file is back', async () => {
    const { server, path, viewer, errors, addKey, keys } = await start()
    expect((await server.get('/readyz')).status).toBe(200)
    renameSync(path, `${path}.elsewhere`)

    const detail = expect.stringMatching(/^The database file belvedere\.db was removed or replaced/)
    const ready = await server.get('/readyz')
    expect([ready.status, await ready.json()]).toEqual([503, { detail }])
    expect(await addKey('lost')).toMatchObject({ status: 503, body: { detail } })
    expect(await keys()).toEqual([])
    await server.publish('site', 'camera')
    await viewer.nextFrame()
    await until(() => errors.some((line) => /^The database file/.test(line)), 'it is logged')

    renameSync(`${path}.elsewhere`, path)
    expect((await server.get('/readyz')).status).toBe(200)
    expect((await addKey('kept')).status).toBe(201)
    expect(await keys()).toMatchObject([{ name: 'kept' }])
    expect(errors.filter((line) => /^The database file/.test(line))).toHaveLength(1)
  })
})
