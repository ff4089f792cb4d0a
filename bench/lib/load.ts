import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeImgMessage } from '../../src/wire/img-message.ts'
import { stampedPicture } from './picture.ts'
import { cpuTimeDuring } from './process-figures.ts'
import { type MeasuredServer, PUBLISH_KEY } from './servers.ts'
import { quantile } from './statistics.ts'

/** A request to repeat: what opens the connection, if anything, and what is sent each time. */
export interface Dispatch {
  readonly opening?: Uint8Array
  readonly request: Uint8Array
  /** A text that every response contains; default: "ok". */
  readonly answer?: string
}

/** A `GET`, optionally with a token. */
export function getDispatch(port: number, path: string, answer: string, token?: string): Dispatch {
  const head = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...(token ? [`Authorization: Bearer ${token}`] : [])]
  return { request: Buffer.from([...head, '\r\n'].join('\r\n')), answer }
}

/** One picture as `POST /frames`, with a form as browsers and curl encode it. */
export function postDispatch(port: number): Dispatch {
  const boundary = '----belvedere-bench'
  const field = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`
  const body = Buffer.concat([
    Buffer.from(field('label', 'bench') + field('key', 'camera') + field('warnings_json', '{}') + file),
    stampedPicture(),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
  const head = [
    'POST /frames HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${PUBLISH_KEY}`,
    `Content-Type: multipart/form-data; boundary=${boundary}`,
    `Content-Length: ${body.length}`,
    '\r\n',
  ].join('\r\n')
  return { request: Buffer.concat([Buffer.from(head), body]) }
}

/** One picture as a message to `/ws/frames`. */
export function socketDispatch(port: number): Dispatch {
  const opening = [
    'GET /ws/frames HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${PUBLISH_KEY}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n')
  const message = encodeImgMessage({ label: 'bench', key: 'camera', warnings_json: '{}' }, stampedPicture())
  return { opening: Buffer.from(opening), request: masked(message) }
}

/**
 * Measures a server's CPU time per request, in µs, under closed-loop load: each of `connections` senders sends the next
 * request when the last is answered, so that neither side queues; always the same bytes, so that the client costs
 * little.
 */
export async function cpuTimeEach(
  server: MeasuredServer,
  dispatch: Dispatch,
  { connections, seconds, warmUp }: { connections: number; seconds: number; warmUp: number },
): Promise<number> {
  let answers = 0
  const senders = await Promise.all(
    Array.from({ length: connections }, () => startSender(server.port, dispatch, () => answers++)),
  )
  try {
    await sleep(warmUp * 1000)
    const before = answers
    const used = await cpuTimeDuring(server.program.pid, seconds)
    return used / (answers - before)
  } finally {
    for (const sender of senders) sender.destroy()
  }
}

/**
 * Measures how many requests a second a server answers under the same load, and how long the slowest hundredth waits
 * (`p99`, ms).
 */
export async function throughput(
  server: MeasuredServer,
  dispatch: Dispatch,
  { connections, seconds, warmUp }: { connections: number; seconds: number; warmUp: number },
): Promise<{ perSecond: number; p99: number }> {
  const waits: number[] = []
  const senders = await Promise.all(
    Array.from({ length: connections }, () => {
      let sentAt = performance.now()
      return startSender(server.port, dispatch, () => {
        const now = performance.now()
        waits.push(now - sentAt)
        sentAt = now
      })
    }),
  )
  try {
    await sleep(warmUp * 1000)
    waits.length = 0
    const begun = performance.now()
    await sleep(seconds * 1000)
    return { perSecond: (waits.length * 1000) / (performance.now() - begun), p99: quantile(waits, 0.99) }
  } finally {
    for (const sender of senders) sender.destroy()
  }
}

async function startSender(port: number, dispatch: Dispatch, answered: () => void): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay()
  await chunk(socket, 'connect')
  if (dispatch.opening) {
    socket.write(dispatch.opening)
    const answer = await chunk(socket, 'data')
    if (!answer.startsWith('HTTP/1.1 101')) throw new Error(`the server answered ${answer}`)
  }
  socket.write(dispatch.request)
  // Responses are far smaller than a TCP segment: each arrives in one piece.
  socket.on('data', (data) => {
    if (!data.includes(dispatch.answer ?? '"ok"')) throw new Error(`the server answered ${data}`)
    answered()
    socket.write(dispatch.request)
  })
  return socket
}

function chunk(socket: Socket, event: 'connect' | 'data'): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once(event, (data?: Buffer) => {
      socket.off('error', reject)
      socket.on('error', () => {})
      resolve(data?.toString() ?? '')
    })
  })
}

/** A complete client-to-server WebSocket frame: final, binary, masked (RFC 6455, section 5.2). */
function masked(payload: Uint8Array): Buffer {
  const mask = randomBytes(4)
  const head = Buffer.alloc(10)
  head[0] = 0x82
  head[1] = 0x80 | 127
  head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0))])
}
