import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { readPublishKey } from '../../src/access/publish-key.ts'
import { answerOf } from '../support/answer.ts'
import { ServerCommand, temporaryFolder } from '../support/command.ts'
import { asProcess } from '../support/command-runners.ts'
import { PASSWORD } from '../support/people.ts'
import { authorized } from '../support/server.ts'
import { until } from '../support/until.ts'

const PUBLISH_KEY_MODULE = join(import.meta.dirname, '../../src/access/publish-key.ts')
const WORKERS = 3

/** Makes the key of one folder after another, each at the same moment as the other workers. */
const MAKE_KEYS = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { path, folders, arrived, workers } = workerData
  import(path).then(({ loadOrCreatePublishKey }) => {
    const keys = folders.map((folder, round) => {
      Atomics.add(arrived, round, 1)
      while (Atomics.load(arrived, round) < workers);
      return loadOrCreatePublishKey(folder).key
    })
    parentPort.postMessage(keys)
  })`

it('a publish key is made once, however many make it at the same moment, and nobody reads half of it', async () => {
  const folders = Array.from({ length: 20 }, () => join(temporaryFolder(), 'data'))
  const arrived = new Int32Array(new SharedArrayBuffer(4 * folders.length))
  const workerData = { path: PUBLISH_KEY_MODULE, folders, arrived, workers: WORKERS }
  const workers = Array.from({ length: WORKERS }, () => new Worker(MAKE_KEYS, { eval: true, workerData }))
  const made = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]))
  for (const keys of made) expect(keys).toEqual(folders.map(readPublishKey))
  for (const folder of folders) {
    expect(readdirSync(folder)).toEqual(['publish.key'])
    expect(statSync(join(folder, 'publish.key')).mode & 0o777).toBe(0o600)
  }
})

it('two servers that start for the first time at the same moment share their keys and their first account', async () => {
  const folder = join(temporaryFolder(), 'data')
  const env = { BELVEDERE_ADMIN_PASSWORD: PASSWORD }
  const start = () => ServerCommand.start(['--data-dir', folder], env, asProcess)
  const [one, other] = await Promise.all([start(), start()])
  for (const { url } of [one, other])
    expect((await fetch(`${url}/session`, { headers: authorized(readPublishKey(folder) ?? '') })).status).toBe(200)
  const database = new DatabaseSync(join(folder, 'belvedere.db'), { readOnly: true })
  expect(database.prepare('select count(*) as n from signing_keys').get()).toEqual({ n: 1 })
  expect(database.prepare('select username from users').all()).toEqual([{ username: 'admin' }])
  database.close()
  // What one signs, the other knows, once it has noticed what the first has written. Seldom: whoever guesses a name that
  // is not there has to wait before long.
  let headers = {}
  const canLogIn = async () => {
    const { status, body } = await logIn(one.url)
    headers = authorized(String(body.access_token))
    return status === 200
  }
  await until(canLogIn, 'one knows the account', { every: 600 })
  await until(async () => {
    const { body } = await answerOf(await fetch(`${other.url}/session`, { headers }))
    return body.name === 'admin'
  }, 'the other knows the session')
})

async function logIn(url: string) {
  const credentials = { username: 'admin', password: PASSWORD }
  const headers = { 'content-type': 'application/json' }
  return answerOf(await fetch(`${url}/login`, { method: 'POST', headers, body: JSON.stringify(credentials) }))
}
