import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { decodeImgMessage } from '../../src/wire/img-message.ts'
import type { Benchmark } from '../lib/figure.ts'
import { cpuTimeDuring } from '../lib/process-figures.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { median } from '../lib/statistics.ts'

const VIEWERS = 3
const STREAMS = 3
const FPS = 10
const SECONDS = 10
/** For the scenes to be drawn the first time, and for the compiler. */
const SETTLE_S = 10
const ROUNDS = 3
const REACH = 0.15

/** What the demo costs while it is watched: drawing, encoding and sending, beyond the same server at rest. */
export const demo: Benchmark = {
  name: 'demo',
  async run({ workshop }) {
    const server = await startBelvedere(workshop)
    const rest = await share(server, SECONDS)
    await startDemo(server)
    const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => watchDemo(server)))
    await sleep(SETTLE_S * 1000)
    const watched: number[] = []
    for (let round = 0; round < ROUNDS; round++) watched.push((await share(server, SECONDS)) - rest)
    const fps = (await framesPublished(server)) / STREAMS
    for (const viewer of viewers) viewer.terminate()
    const cost = median(watched)
    return {
      figures: [
        {
          what: `the demo, three scenes of 640×360 × ${FPS}/s, ${VIEWERS} viewers of all: server CPU`,
          yardstick: 'the same server at rest',
          reach: `≤ ${percent(REACH)} of one core, at ≥ ${FPS * 0.95} frames/s`,
          measured: `${percent(cost)} of one core, at ${fps.toFixed(1)} frames/s`,
          isReached: cost <= REACH && fps >= FPS * 0.95,
        },
      ],
      raw: { rest, watched, fps },
    }
  },
}

/** Share of one core that the server uses in the seconds to come. */
async function share({ program }: MeasuredServer, seconds: number): Promise<number> {
  return (await cpuTimeDuring(program.pid, seconds)) / (seconds * 1e6)
}

async function startDemo({ port }: MeasuredServer): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/demo`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ running: true }),
  })
  if (!response.ok) throw new Error(`PUT /demo answered ${response.status}: ${await response.text()}`)
}

/** A viewer of all streams of the demo, which credits each picture at once. */
async function watchDemo({ port }: MeasuredServer): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/live`, { perMessageDeflate: false })
  socket.on('message', (message: Buffer, isBinary: boolean) => {
    if (isBinary) socket.send(JSON.stringify({ type: 'credit', n: decodeImgMessage(message).header.n }))
  })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'watch', id: 1, label: 'demo' }))
  return socket
}

/** Frames a second of all streams together, as the server counts them. */
async function framesPublished({ port }: MeasuredServer): Promise<number> {
  const count = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const lines = text.matchAll(/^belvedere_frames_in_total\{[^}]*dialect="demo"[^}]*\} (\d+)/gm)
    return [...lines].reduce((sum, [, value]) => sum + Number(value), 0)
  }
  const [before, begin] = [await count(), performance.now()]
  await sleep(SECONDS * 1000)
  return ((await count()) - before) / ((performance.now() - begin) / 1000)
}

function percent(of: number): string {
  return `${(100 * of).toFixed(1)} %`
}
