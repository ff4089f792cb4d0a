import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { type Command, ServerCommand, temporaryFolder } from '../support/command.ts'
import { asProcess } from '../support/command-runners.ts'
import { Acknowledged, HONEST_LABEL, prepareAttack } from '../support/hostile-setup.ts'
import { jpeg } from '../support/pictures.ts'
import { authorized, formOf, KEY } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

const ATTACKERS = join(import.meta.dirname, '../support/attackers.ts')
const PASSWORD = 'the-password-of-the-admin'
/** How often honest clients publish, send an event and look while they are attacked: for some twelve seconds. */
const ROUNDS = 20
const ROUND_MS = 500

/** Limits that are reached before it ends: each stands for a way to misbehave. */
const REACHED = [
  'limits.messages_per_s',
  'limits.client_messages_per_s',
  'limits.refused_bytes_per_s',
  'limits.login_waiting_per_address',
]

it('every attack at once: they are refused, memory is bounded, nothing acknowledged is lost', async () => {
  const folder = temporaryFolder()
  const start = () =>
    ServerCommand.start(
      ['--data-dir', folder, '--access.anonymous', 'none', '--log.level', 'error'],
      { BELVEDERE_PUBLISH_KEY: KEY, BELVEDERE_ADMIN_PASSWORD: PASSWORD },
      asProcess,
    )
  const server = await start()
  const { admin, ...target } = await prepareAttack(portOf(server.url), PASSWORD)
  const publish = async () => {
    const body = formOf({ label: HONEST_LABEL, key: 'camera-0', file: jpeg(64, 48, 50_000) })
    const response = await fetch(`${server.url}/frames`, { method: 'POST', body, headers: authorized() })
    expect(response.status).toBe(200)
  }
  await publish()
  const viewer = await TestSocket.open(`${server.url.replace('http', 'ws')}/ws/labels/${HONEST_LABEL}?token=${admin}`)
  await viewer.nextFrame()

  const attackers = spawn(process.execPath, [ATTACKERS, JSON.stringify(target)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void attackers.kill('SIGKILL'))
  await once(attackers.stdout, 'data')
  const acknowledged = new Acknowledged(portOf(server.url), admin)
  let mostMemory = 0
  const isAttacked = async () => {
    const metrics = await metricsOf(server.url, admin)
    return REACHED.every((limit) => metrics.includes(`belvedere_limited_total{limit="${limit}"}`))
  }
  for (let i = 0; i < ROUNDS || !(await isAttacked()); i++) {
    await publish()
    await viewer.nextFrame()
    await acknowledged.sendEvent(i)
    if (i % 5 === 0) await acknowledged.addUser(i)
    mostMemory = Math.max(mostMemory, memoryIn(await metricsOf(server.url, admin)))
    await sleep(ROUND_MS)
  }
  expect(mostMemory).toBeLessThan(2_000_000_000)
  expect(acknowledged.failures).toEqual([])
  expect(await acknowledged.missing(ROUNDS)).toMatchObject({ users: 0, events: 0 })
  attackers.kill('SIGKILL')

  // What was acknowledged is on the disk.
  await killed(server)
  const again = await start()
  expect(await acknowledged.missingUsers(portOf(again.url))).toBe(0)
})

async function killed(server: Command): Promise<void> {
  server.kill()
  await server.exited
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

async function metricsOf(url: string, token: string): Promise<string> {
  return (await fetch(`${url}/metrics`, { headers: authorized(token) })).text()
}

function memoryIn(metrics: string): number {
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1])
}
