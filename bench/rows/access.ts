import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { accessToken, addUser } from '../lib/accounts.ts'
import { type Benchmark, times } from '../lib/figure.ts'
import { cpuTimeEach, getDispatch } from '../lib/load.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'

const USERS = 50
const SOCKETS = 1000
const REACH_MICROSECONDS = 200
const REACH_MS = 3000

/** What it costs to know who somebody is: for a request, and for a thousand sockets that open at once. */
export const access: Benchmark = {
  name: 'access',
  async run({ workshop, rounds }) {
    const server = await startBelvedere(workshop)
    const tokens: string[] = []
    for (let i = 0; i < USERS; i++) {
      await addUser(server, { username: `user${i}`, role: 'user', labels: ['bench'] })
      tokens.push(await accessToken(server, `user${i}`))
    }
    const ask = (token?: string) => getDispatch(server.port, '/demo', '"running"', token)
    const run = { connections: 4, seconds: 2, warmUp: 1 }
    const raw = {
      withToken: [] as number[],
      without: [] as number[],
      opened: [] as number[],
      openedWithout: [] as number[],
    }
    await cpuTimeEach(server, ask(tokens[0]), run)
    for (let round = 0; round < rounds; round++) {
      raw.withToken.push(await cpuTimeEach(server, ask(tokens[0]), run))
      raw.without.push(await cpuTimeEach(server, ask(), run))
      raw.opened.push(open(server, tokens))
      raw.openedWithout.push(open(server, []))
    }
    const more = median(raw.withToken.map((one, i) => one - (raw.without[i] ?? 0)))
    const opened = median(raw.opened)
    return {
      figures: [
        {
          what: 'checking an access token on a request: server CPU',
          yardstick: 'the same request without one, from this machine',
          reach: `≤ ${REACH_MICROSECONDS} µs more`,
          measured: `${more.toFixed(0)} µs more (${median(raw.withToken).toFixed(0)} µs to ${median(raw.without).toFixed(0)} µs)`,
          isReached: more <= REACH_MICROSECONDS,
        },
        {
          what: `${SOCKETS} sockets opening at once on \`/ws/live\`, with access tokens of ${USERS} users, to the last one's first message`,
          yardstick: 'the same without tokens',
          reach: `≤ ${REACH_MS / 1000} s`,
          measured: `${(opened / 1000).toFixed(2)} s (${times(median(ratios(raw.opened, raw.openedWithout)))})`,
          isReached: opened <= REACH_MS,
        },
      ],
      raw,
    }
  },
}

function open({ port }: MeasuredServer, tokens: readonly string[]): number {
  const path = join(import.meta.dirname, '../programs/openers.ts')
  const { stdout, stderr } = spawnSync(process.execPath, [path, String(port), String(SOCKETS)], {
    input: tokens.join('\n'),
    encoding: 'utf8',
    timeout: 60_000,
  })
  const ms = /^opened ([\d.]+)$/m.exec(stdout)?.[1]
  if (ms === undefined) throw new Error(`the sockets did not open: ${stderr}`)
  return Number(ms)
}
