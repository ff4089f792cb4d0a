/*
 * Sends messages of bsread's shape over a PUSH socket of ours: two headers, then value and timestamp of an image of
 * 640 × 480 float64, two profiles and four scalars, about 2.47 MB.
 *
 *   zmtp-send.ts FPS      prints "listening ADDRESS"
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { SendingSocket } from '../../src/zeromq/sending-socket.ts'

const VALUE_BYTES = [640 * 480 * 8, 8, 8, 640 * 8, 480 * 8, 8, 8]
const [fps = '100'] = process.argv.slice(2)
const log = { error: console.error, warn: console.error, info: console.error }
const socket = new SendingSocket({
  ...{ address: 'tcp://127.0.0.1:0', role: 'bind', type: 'PUSH', highWaterMark: 10, clock: systemClock, log },
  state(state) {
    if (state.kind === 'listening') console.log(`listening ${state.address}`)
  },
})
const values = VALUE_BYTES.flatMap((bytes) => [new Uint8Array(bytes).fill(1), new Uint8Array(16)])
const dataHeader = new Uint8Array(600)
let start = performance.now()
for (let pulse = 0; ; pulse++) {
  const wait = start + (pulse * 1000) / Number(fps) - performance.now()
  if (wait > 0) await sleep(wait)
  const header = JSON.stringify({ htype: 'bsr_m-1.1', pulse_id: pulse, hash: 'a', global_timestamp: { sec: 0, ns: 0 } })
  while (!socket.send([Buffer.from(header), dataHeader, ...values])) {
    await socket.drained()
    // What could not be sent is not made up for.
    start = performance.now() - (pulse * 1000) / Number(fps)
  }
}
