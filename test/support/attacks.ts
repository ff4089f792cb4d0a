import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { jpeg } from './pictures.ts'
import { clientFrame } from './raw.ts'

/*
 * What hostile clients do, for the hostile hour (bench/rows/hostile-hour.ts) and its short form in the tests. Each
 * attack goes on until it is stopped, takes whatever the server answers, and begins again when it is disconnected.
 */

/** The server under attack, and the credentials that the attackers have. */
export interface AttackTarget {
  readonly port: number
  /** A share link of one stream. */
  readonly link: string
  /** An access token and a refresh token of a user of one label. */
  readonly user: { readonly access: string; readonly refresh: string; readonly label: string }
  /** The name of an account whose password is guessed. */
  readonly victim: string
}

/** One way to misbehave. */
export interface Attack {
  /** Who does it, and what. */
  readonly name: string
  run(attacker: Attacker): Promise<void>
}

/** What an attack works with. */
export class Attacker {
  readonly target: AttackTarget
  /** What the server answered: HTTP statuses and close codes, with how often. */
  readonly answers: Map<string, number>
  readonly #signal: AbortSignal

  constructor(target: AttackTarget, answers: Map<string, number>, signal: AbortSignal) {
    this.target = target
    this.answers = answers
    this.#signal = signal
  }

  get isStopped(): boolean {
    return this.#signal.aborted
  }

  /** Repeats an action, with a pause of so many ms, until the attack is stopped. */
  async again(pause: number, action: () => Promise<void>): Promise<void> {
    while (!this.isStopped) {
      await action()
      await sleep(pause)
    }
  }

  /** Runs an action so many times at once. */
  async many(count: number, action: (number: number) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, number) => action(number)))
  }

  /** A TCP connection, on which the attack does something; resolves when it is closed, or after so many ms. */
  async connection(address: string, ms: number, use: (socket: Socket) => void): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port: this.target.port, localAddress: address })
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    let isAnswered = false
    socket.on('data', (data: Buffer) => {
      if (!isAnswered) this.#note(/^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1', 0, 20))?.[1] ?? 'something')
      isAnswered = true
    })
    socket.on('error', () => {})
    socket.on('close', resolve)
    socket.on('connect', () => use(socket))
    const end = () => socket.destroy()
    this.#signal.addEventListener('abort', end)
    const timer = setTimeout(end, ms)
    await closed
    clearTimeout(timer)
    this.#signal.removeEventListener('abort', end)
    if (!isAnswered) this.#note('nothing')
  }

  /** A WebSocket, on which the attack does something after the handshake. */
  async socket(path: string, token: string, ms: number, use: (socket: Socket) => void): Promise<void> {
    await this.connection('127.0.0.1', ms, (socket) => {
      const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13'
      socket.write(
        `GET ${path}?token=${token} HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      )
      socket.once('data', () => use(socket))
    })
  }

  /** A request. @returns its status; undefined if there was no answer */
  async request(path: string, init: RequestInit = {}): Promise<number | undefined> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.target.port}${path}`, { ...init, signal: this.#signal })
      await response.arrayBuffer()
      this.#note(`${response.status}`)
      return response.status
    } catch {
      this.#note('nothing')
      return undefined
    }
  }

  /** A request of the user. */
  asUser(path: string, init: RequestInit = {}): Promise<number | undefined> {
    const headers = { authorization: `Bearer ${this.target.user.access}`, ...init.headers }
    return this.request(path, { ...init, headers })
  }

  /** A request of the user with a form. */
  form(path: string, fields: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>): Promise<number | undefined> {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields))
      form.append(
        name,
        typeof value === 'string' ? value : new Blob([value]),
        ...((typeof value === 'string' ? [] : ['x.jpg']) as []),
      )
    return this.asUser(path, { method: 'POST', body: form })
  }

  #note(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1)
  }
}

/** Writes as fast as the other side takes it. */
function pour(socket: Socket, bytes: Uint8Array): void {
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
  }
  socket.on('drain', more)
  more()
}

function text(message: string): Buffer {
  return clientFrame(0x81, message)
}

/** Frames one after another, of about 64 KB together. */
function block(frame: Uint8Array): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(65_536 / frame.length) }, () => frame))
}

/** A picture of so many bytes. */
function picture(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(jpeg(64, 48, bytes))
}

const MINUTE = 60_000
const EMPTY_LISTS = `{"x":[${'[],'.repeat(330_000)}[]]}`
const LIVE = '/ws/live'

/** All attacks. */
export const ATTACKS: readonly Attack[] = [
  {
    name: 'a share link watches everything a thousand times on each of many sockets, and does not read',
    run: (attacker) =>
      attacker.many(30, () =>
        attacker.again(500, () =>
          attacker.socket(LIVE, attacker.target.link, 20_000, (socket) => {
            socket.pause()
            for (let id = 0; id < 1000; id++) socket.write(text(`{"type":"watch","id":${id}}`))
          }),
        ),
      ),
  },
  ...['1', '', '{"type":"clock","t0":1}', '{"type":"watch","id":1,"label":"elsewhere"}'].map((message) => ({
    name: `a share link sends ${message === '' ? 'empty texts' : message} as fast as it can`,
    run: (attacker: Attacker) =>
      attacker.again(500, () =>
        attacker.socket(LIVE, attacker.target.link, MINUTE, (socket) => pour(socket, block(text(message)))),
      ),
  })),
  {
    name: 'a user sends small messages on every socket route',
    run: (attacker) => {
      const { label, access } = attacker.target.user
      const paths = [`/ws/labels/${label}`, `/ws/stream/${label}/x`, `/api/ws/labels/${label}`, '/ws/frames']
      return attacker.many(paths.length, (i) =>
        attacker.again(500, () =>
          attacker.socket(paths[i] ?? '', access, MINUTE, (socket) => pour(socket, block(text('1')))),
        ),
      )
    },
  },
  {
    name: 'a share link sends pings, and pieces of a message that never ends',
    run: (attacker) =>
      attacker.many(2, (i) =>
        attacker.again(500, () =>
          attacker.socket(LIVE, attacker.target.link, MINUTE, (socket) => {
            if (i === 1) socket.write(clientFrame(0x01, ''))
            pour(socket, block(clientFrame(i === 0 ? 0x89 : 0x00, '')))
          }),
        ),
      ),
  },
  {
    name: 'a share link asks for one frame in a thousand years',
    run: (attacker) =>
      attacker.again(5000, () =>
        attacker.socket(LIVE, attacker.target.link, MINUTE, (socket) => {
          for (const fps of ['1e-7', '0.01']) socket.write(text(`{"type":"watch","id":1,"max_fps":${fps}}`))
        }),
      ),
  },
  {
    name: 'a user leaves large messages unfinished',
    run: (attacker) => {
      const part = new Uint8Array(1_000_000)
      return attacker.many(30, () =>
        attacker.again(1000, () =>
          attacker.socket('/ws/frames', attacker.target.user.access, MINUTE, (socket) => {
            socket.write(clientFrame(0x82, part, 19_800_000))
            for (let i = 0; i < 18; i++) socket.write(part)
          }),
        ),
      )
    },
  },
  {
    name: 'a user publishes frames with a megabyte of empty lists as metadata',
    run: (attacker) => {
      const { label } = attacker.target.user
      const lists = [EMPTY_LISTS, `{"x":[${'[],'.repeat(60_000)}[]]}`]
      return attacker.again(200, async () => {
        for (const metadata_json of lists)
          await attacker.form('/frames', { label, key: 'lists', file: picture(1000), metadata_json })
      })
    },
  },
  {
    name: 'a user opens new streams',
    run: (attacker) => {
      let key = 0
      const { label } = attacker.target.user
      return attacker.again(20, async () => {
        await attacker.form('/frames', { label, key: `stream ${key++}`, file: picture(50_000) })
      })
    },
  },
  {
    name: 'a user publishes thirty pictures of nine megabytes and watches them as JSON',
    run: async (attacker) => {
      const { label, access } = attacker.target.user
      let key = 0
      const large = picture(9_000_000)
      const publishing = attacker.again(300, async () => {
        await attacker.form('/frames', { label, key: `large ${key++ % 30}`, file: large })
      })
      const watching = attacker.many(3, () =>
        attacker.again(1000, () => attacker.socket(`/api/ws/labels/${label}`, access, 20_000, () => {})),
      )
      await Promise.all([publishing, watching])
    },
  },
  {
    name: 'a user sends ten megabytes of line ends as a form',
    run: (attacker) => {
      const body = new Uint8Array(10_000_000).fill(13)
      const headers = { 'content-type': 'multipart/form-data; boundary=x' }
      return attacker.again(1000, async () => {
        await attacker.asUser('/frames', { method: 'POST', body, headers })
      })
    },
  },
  {
    name: 'a user sends events of a megabyte',
    run: (attacker) => {
      const { label } = attacker.target.user
      const body = `{"label":${JSON.stringify(label)},${EMPTY_LISTS.slice(1)}`
      return attacker.again(50, async () => {
        await attacker.asUser('/api/webhook/noise', { method: 'POST', body })
        await attacker.asUser('/api/webhook/noise', { method: 'POST', body: JSON.stringify({ label }) })
      })
    },
  },
  {
    name: 'a user uploads pictures without end',
    run: (attacker) =>
      attacker.again(200, async () => {
        await attacker.form('/api/upload', { file: picture(2_000_000) })
      }),
  },
  {
    name: 'readers ask for the events and never read them',
    run: (attacker) =>
      attacker.many(40, () =>
        attacker.again(1000, () =>
          attacker.connection('127.0.0.1', MINUTE, (socket) => {
            socket.pause()
            const request = `GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${attacker.target.user.access}\r\n\r\n`
            socket.write(request.repeat(10))
          }),
        ),
      ),
  },
  {
    name: 'a user refreshes tokens in a chain',
    async run(attacker) {
      let token = attacker.target.user.refresh
      await attacker.again(0, async () => {
        const body = JSON.stringify({ refresh_token: token })
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(`http://127.0.0.1:${attacker.target.port}/refresh`, {
          method: 'POST',
          body,
          headers,
        }).catch(() => undefined)
        const fields: { refresh_token?: string } = response?.ok ? JSON.parse(await response.text()) : {}
        if (fields.refresh_token !== undefined) token = fields.refresh_token
        else await sleep(1000)
      })
    },
  },
  {
    name: 'a user has passwords checked',
    run: (attacker) =>
      attacker.many(20, () =>
        attacker.again(0, async () => {
          const body = JSON.stringify({ old_password: 'wrong', new_password: 'also-wrong' })
          const headers = { 'content-type': 'application/json' }
          await attacker.asUser('/account/password', { method: 'PUT', body, headers })
        }),
      ),
  },
  {
    name: 'strangers from thirty addresses guess a password',
    run: (attacker) =>
      attacker.many(30, (i) =>
        attacker.again(200, () =>
          attacker.connection(`127.0.1.${i + 1}`, MINUTE, (socket) => {
            const body = JSON.stringify({ username: attacker.target.victim, password: 'a-guess' })
            const head = `POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
            socket.write(`${head}\r\nConnection: close\r\n\r\n${body}`)
          }),
        ),
      ),
  },
  {
    name: 'strangers leave bodies unfinished',
    run: (attacker) =>
      attacker.many(1500, (i) =>
        attacker.again(2000, () =>
          attacker.connection(`127.0.2.${(i % 200) + 1}`, MINUTE, (socket) => {
            const path = i % 2 === 0 ? '/refresh' : '/api/webhook'
            const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000`
            socket.write(`${head}\r\n\r\n${'['.repeat(900_000)}`)
          }),
        ),
      ),
  },
  {
    name: 'strangers send deep bodies',
    run: (attacker) =>
      attacker.many(4, () =>
        attacker.again(20, async () => {
          const headers = { 'content-type': 'application/json' }
          const body = '['.repeat(15_000) + ']'.repeat(15_000)
          await attacker.request('/refresh', { method: 'POST', body, headers })
          await attacker.request('/api/webhook', { method: 'POST', body: '['.repeat(900_000) })
        }),
      ),
  },
  {
    name: 'strangers leave heads unfinished, and never read what they asked for',
    run: (attacker) =>
      attacker.many(600, (i) =>
        attacker.again(2000, () =>
          attacker.connection(`127.0.3.${(i % 200) + 1}`, 2 * MINUTE, (socket) => {
            if (i % 2 === 0) {
              socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n')
              return
            }
            socket.pause()
            socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(16))
          }),
        ),
      ),
  },
  {
    name: 'a share link opens as many sockets as it can',
    run: (attacker) =>
      attacker.many(1500, () =>
        attacker.again(5000, () => attacker.socket(LIVE, attacker.target.link, MINUTE, () => {})),
      ),
  },
]
