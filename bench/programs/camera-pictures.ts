// Notes when pictures of a numbered camera come out of a program or a server, and prints it at its end. The numbers are read
// only then, so as not to disturb the measurement.
//
//   camera-pictures.ts SECONDS ffmpeg PROGRAM ARGUMENT …     JPEGs on the program's standard output
//   camera-pictures.ts SECONDS live PORT LABEL KEY WIDTH     a viewer of /ws/live
//
//   {"pictures":[{"number":17,"at":1795248529864,"capturedAt":1795248529801}, …]}

import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { readCode } from '../lib/block-code.ts'
import type { SeenPicture } from '../lib/camera-delays.ts'
import { openLiveClient } from '../lib/live-client.ts'
import { NUMBERED_CAMERA } from '../lib/rtsp-cameras.ts'

interface Taken {
  readonly at: number
  readonly capturedAt: number | undefined
  readonly bytes: Uint8Array
}

const END_OF_IMAGE = Buffer.from([0xff, 0xd9])

const [seconds = '', source = '', first = '', ...rest] = process.argv.slice(2)
const taken: Taken[] = []
const stop = source === 'ffmpeg' ? readProgram(first, rest) : watch(Number(first), rest)
while (taken.length === 0) await sleep(10)
console.log('pictures come')
await sleep(Number(seconds) * 1000)
stop()
const pictures: SeenPicture[] = []
for (const { at, capturedAt, bytes } of taken) {
  const number = await numberIn(bytes)
  if (number !== undefined) pictures.push({ number, at, capturedAt })
}
console.log(JSON.stringify({ pictures }))
process.exit()

function readProgram(program: string, args: readonly string[]): () => void {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  process.once('SIGTERM', () => process.exit())
  let waiting = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    const at = Date.now()
    waiting = Buffer.concat([waiting, chunk])
    // The marker that ends a JPEG is nowhere within it.
    for (let end = waiting.indexOf(END_OF_IMAGE); end >= 0; end = waiting.indexOf(END_OF_IMAGE)) {
      taken.push({ at, capturedAt: undefined, bytes: waiting.subarray(0, end + END_OF_IMAGE.length) })
      waiting = waiting.subarray(end + END_OF_IMAGE.length)
    }
  })
  return () => child.kill('SIGKILL')
}

function watch(port: number, [label, key, width]: readonly string[]): () => void {
  const client = openLiveClient(port)
  client.watch({
    label: label ?? '',
    key,
    width: Number(width),
    onFrame: ({ bytes, capturedAt }) => void taken.push({ at: Date.now(), capturedAt, bytes }),
  })
  return () => client.disconnect()
}

async function numberIn(bytes: Uint8Array): Promise<number | undefined> {
  const image = await loadImage(bytes)
  const { width, height } = image
  const context = createCanvas(width, height).getContext('2d')
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  return readCode(
    NUMBERED_CAMERA,
    { width, height },
    (x, y) => data[4 * (Math.floor(y) * width + Math.floor(x)) + 1] ?? 0,
  )
}
