import { type FileHandle, open } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { endianness } from 'node:os'
import type { Clock } from '../../core/clock.ts'
import { clamp } from '../../core/numbers.ts'

/** What reading the kernel's send queues needs. */
export interface SendQueuesParts {
  readonly clock: Clock
  /** The folder of the tables; replaced by tests. */
  readonly folder?: string
}

type Answer = (bytes: number | undefined) => void

/**
 * How much of what was written to TCP sockets their peers have not acknowledged. Node has no call for it, but Linux
 * lists it for every socket of the machine in `/proc/self/net/tcp` and `tcp6` (proc_pid_net(5), `tx_queue`). All that is
 * asked is answered by one reading, off the event loop and in small pieces. Where the tables are missing or very long
 * there is no answer.
 */
export class SendQueues {
  readonly #clock: Clock
  readonly #folder: string
  /** Who asks, by socket as the tables name it. */
  readonly #asked = new Map<string, Answer[]>()
  /** How the tables name the sockets that were asked for. */
  readonly #keys = new WeakMap<Socket, string>()
  #isReading = false
  #isScheduled = false
  /** Monotonic, ms. */
  #nextAt = 0
  /** Until when nothing is to be learnt. */
  #unknownUntil = 0
  readonly #buffer = Buffer.alloc(CHUNK_BYTES)

  constructor({ clock, folder = '/proc/self/net' }: SendQueuesParts) {
    this.#clock = clock
    this.#folder = folder
  }

  /** Asks for a socket. @returns bytes; undefined if it cannot be told, also if the socket is closed */
  of(socket: Socket): Promise<number | undefined> {
    const key = this.#keys.get(socket) ?? keyOf(socket)
    if (key !== undefined) this.#keys.set(socket, key)
    if (key === undefined || this.#clock.monotonic() < this.#unknownUntil) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const others = this.#asked.get(key)
      if (others) others.push(resolve)
      else this.#asked.set(key, [resolve])
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isReading) return
    this.#isScheduled = true
    this.#clock.after(Math.max(0, this.#nextAt - this.#clock.monotonic()), () => void this.#read())
  }

  async #read(): Promise<void> {
    this.#isScheduled = false
    this.#isReading = true
    // What is asked from now on may be about what was written after its socket was looked at.
    const asked = new Map(this.#asked)
    this.#asked.clear()
    const began = this.#clock.monotonic()
    let isKnown = true
    for (const [table, isIts] of TABLES) {
      if (![...asked.keys()].some(isIts)) continue
      isKnown = (await this.#readTable(`${this.#folder}/${table}`, asked)) && isKnown
    }
    const ended = this.#clock.monotonic()
    this.#nextAt = began + clamp((ended - began) * PAUSE, PERIOD_MS, LONGEST_PERIOD_MS)
    if (!isKnown) this.#unknownUntil = ended + UNKNOWN_MS
    for (const answers of asked.values()) for (const answer of answers) answer(undefined)
    this.#isReading = false
    if (this.#asked.size > 0) this.#schedule()
  }

  /** Answers those that are in a table. @returns whether it could be read to its end, or as far as was needed */
  async #readTable(path: string, asked: Map<string, Answer[]>): Promise<boolean> {
    let file: FileHandle | undefined
    try {
      file = await open(path)
      let rest = ''
      for (let lines = 0; asked.size > 0; ) {
        const { bytesRead } = await file.read(this.#buffer, 0, CHUNK_BYTES, null)
        if (bytesRead === 0) return true
        const parts = (rest + this.#buffer.toString('latin1', 0, bytesRead)).split('\n')
        rest = parts.pop() ?? ''
        for (const line of parts) tell(line, asked)
        lines += parts.length
        if (lines > MOST_LINES) return false
      }
      return true
    } catch {
      // Another system than Linux, or a container that hides it.
      return false
    } finally {
      await file?.close().catch(() => {})
    }
  }
}

function tell(line: string, asked: Map<string, Answer[]>): void {
  const entry = readLine(line)
  const answers = entry && asked.get(entry.key)
  if (!answers) return
  asked.delete(entry.key)
  for (const answer of answers) answer(entry.unacknowledged)
}

/**
 * Reads a line of the table: "  12: 0100007F:1F40 0100007F:C350 01 00000A28:00000000 …".
 * @returns undefined for the heading
 */
export function readLine(line: string): { readonly key: string; readonly unacknowledged: number } | undefined {
  const start = line.indexOf(': ') + 2
  if (start < 2) return undefined
  const remote = line.indexOf(' ', start) + 1
  const state = line.indexOf(' ', remote) + 1
  const queues = line.indexOf(' ', state) + 1
  return { key: line.slice(start, state - 1), unacknowledged: Number.parseInt(line.slice(queues, queues + DIGITS), 16) }
}

/** A socket as the tables name it; undefined if it is closed. */
export function keyOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | undefined {
  if (localAddress === undefined || remoteAddress === undefined) return undefined
  return `${ofAddress(localAddress)}:${ofPort(localPort)} ${ofAddress(remoteAddress)}:${ofPort(remotePort)}`
}

function ofPort(port = 0): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

/** An address in words of four bytes, each in the machine's byte order. */
function ofAddress(address: string): string {
  const hex = address.includes(':') ? hexOfIpv6(address) : hexOfIpv4(address)
  if (endianness() === 'BE') return hex
  return hex.replace(/(..)(..)(..)(..)/g, '$4$3$2$1')
}

function hexOfIpv4(address: string): string {
  return address
    .split('.')
    .map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0'))
    .join('')
}

/** As in RFC 4291, section 2.2, with an IPv4 address at its end or a zone. */
function hexOfIpv6(address: string): string {
  const [plain = ''] = address.split('%', 1)
  const [, before = '', ipv4] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain) ?? []
  const text = ipv4 === undefined ? plain : before + hexOfIpv4(ipv4).replace(/(....)(....)/, '$1:$2')
  const [head = '', tail] = text.split('::')
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':')).map((group) => group.padStart(4, '0'))
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0000')
  return [...first, ...zeros, ...last].join('').toUpperCase()
}

/** The tables, and which sockets each has: those of IPv6 with 32 digits an address, IPv4 as IPv6 among them. */
const TABLES = [
  ['tcp', (key: string) => key.length < 40],
  ['tcp6', (key: string) => key.length > 40],
] as const

/** Of a number of bytes in the tables. */
const DIGITS = 8
/** The kernel gives at most a page at once, some 27 lines: between them the event loop goes on. */
const CHUNK_BYTES = 16_384
/** More sockets than these take the kernel too long to list. */
const MOST_LINES = 4000
/** The time from the beginning of one reading to that of the next, at least and at most, ms. */
const PERIOD_MS = 50
const LONGEST_PERIOD_MS = 100
/** The same, in times of what a reading takes; on a busy machine it takes long for other reasons than its length. */
const PAUSE = 20
/** How long nothing is read again where there was nothing to learn, ms. */
const UNKNOWN_MS = 5000
