import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from '../lib/figure.ts'
import { Program } from '../lib/program.ts'
import { median } from '../lib/statistics.ts'
import { freePort, type Workshop } from '../lib/workshop.ts'

const REACH_MS = 1500

/** How long `npm start` takes when everything is installed and built already. */
export const start: Benchmark = {
  name: 'start',
  async run({ workshop, rounds }) {
    // The first may have something to install or build.
    await startOnce(workshop, 120_000)
    const raw: number[] = []
    for (let round = 0; round < rounds; round++) raw.push(await startOnce(workshop, 20_000))
    const ms = median(raw)
    return {
      figures: [
        {
          what: 'second `npm start` to first answer',
          yardstick: '–',
          reach: `≤ ${REACH_MS / 1000} s`,
          measured: `${(ms / 1000).toFixed(2)} s`,
          isReached: ms <= REACH_MS,
        },
      ],
      raw,
    }
  },
}

async function startOnce(workshop: Workshop, patience: number): Promise<number> {
  const port = await freePort()
  const dataDir = mkdtempSync(join(workshop.folder, 'data-'))
  const begin = performance.now()
  const args = ['start', '--prefix', join(import.meta.dirname, '../..'), '--', '--port', String(port)]
  const program = new Program('npm', [...args, '--data-dir', dataDir], { group: true })
  try {
    while (!(await answers(port))) {
      if (performance.now() - begin > patience) await program.line(/the server is up/, 1)
      await sleep(5)
    }
    return performance.now() - begin
  } finally {
    await program.stop()
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok
  } catch {
    return false
  }
}
