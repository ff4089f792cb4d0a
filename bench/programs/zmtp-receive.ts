/*
 * Receives with our PULL socket and does nothing else, like bench/c/zmtp-receive.c.
 *
 *   zmtp-receive.ts ADDRESS skip|keep     skip: nobody watches, keep: the newest message is kept
 *
 * Prints "receiving" after the first message. On SIGTERM it prints how many messages and bytes it received since SIGUSR1, as
 * a line of JSON.
 */
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { ReceivingSocket } from '../../src/zeromq/receiving-socket.ts'

const [address = '', choice] = process.argv.slice(2)
const log = { error: console.error, warn: console.error, info: console.error }
let messages = 0
let bytes = 0
let newest: readonly Uint8Array[] = []
let hasReceived = false

function received(size: number): void {
  messages++
  bytes += size
  if (!hasReceived) console.log('receiving')
  hasReceived = true
}

new ReceivingSocket(
  {
    ...{ address, role: 'connect', type: 'PULL', leadingFrames: 2, clock: systemClock, log },
    bounds: { maxFrames: 1000, maxMessageBytes: 64_000_000, maxLeadingBytes: 1_000_000 },
  },
  {
    connection: () => ({
      headers: () => (choice === 'keep' ? 'keep' : 'skip'),
      message(frames) {
        newest = frames
        received(newest.reduce((sum, { length }) => sum + length, 0))
      },
      skipped: received,
    }),
    state() {},
  },
)

process.on('SIGUSR1', () => {
  messages = 0
  bytes = 0
})
process.on('SIGTERM', () => {
  console.log(JSON.stringify({ messages, bytes }))
  process.exit()
})
