import type { Clock } from '../../core/clock.ts'
import { type FrameId, isAfter, isFrameId } from '../../core/frame-id.ts'
import type { LogLimit } from '../../core/log-limit.ts'
import { listIn } from './entry-listener.ts'
import type { RedisConnection, RedisReply } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'

/** What a channel needs. */
export interface NodeChannelParts {
  readonly clock: Clock
  readonly warnings: LogLimit
  readonly commands: RedisConnection
  /** A connection of its own, on which reading blocks. */
  readonly reading: RedisConnection
  /** How long Redis may take to answer, ms. */
  readonly commandTimeout: number
  /** Which run of which server this is. */
  readonly node: string
  /** Called with what another server has said. */
  readonly heard: (node: string, text: string) => void
}

/**
 * Where the servers of an installation talk: a short stream in Redis that each of them adds to and reads. It keeps
 * little: who begins hears what is said from then on, and who was away for a moment also what was said meanwhile.
 */
export class NodeChannel {
  readonly #parts: NodeChannelParts
  /** Counts the connections: what goes on with an old one ends. */
  #run = 0
  /** The id of the last entry that was read. */
  #last: FrameId | undefined
  /** When Redis was last told to keep the stream, monotonic ms. */
  #keptAt = Number.NEGATIVE_INFINITY

  constructor(parts: NodeChannelParts) {
    this.#parts = parts
    parts.reading.onUp(() => void this.#readOn(++this.#run))
    parts.reading.onDown(() => this.#run++)
    // Both go to the same Redis; the one that blocks would notice later.
    parts.commands.onDown((failure) => parts.reading.drop(failure))
  }

  /** Says something to all other servers. @throws RedisFailure */
  async say(text: string): Promise<void> {
    const { commands, node } = this.#parts
    const said = commands.send(['XADD', KEY, 'MAXLEN', String(KEPT), '*', 'node', node, 'says', text])
    await Promise.all([said, this.#keep()])
  }

  close(): void {
    this.#run++
    // In this order: whoever reads is told when commands are lost, and would log it.
    this.#parts.reading.close()
    this.#parts.commands.close()
  }

  async #readOn(run: number): Promise<void> {
    let isPlaced = false
    while (run === this.#run) {
      try {
        if (isPlaced) await this.#read(this.#last ?? FIRST)
        else await this.#findPlace()
        isPlaced = true
      } catch (error) {
        await this.#failed(error)
      }
    }
  }

  /** What was said is gone some time after the last server has ended. */
  async #keep(): Promise<void> {
    const { clock, commands } = this.#parts
    const now = clock.monotonic()
    if (now - this.#keptAt < KEEP_PERIOD_MS) return
    this.#keptAt = now
    // An ACL that does not allow it costs nothing else.
    await commands.send(['EXPIRE', KEY, String(KEEP_S)]).catch(() => {})
  }

  /** Goes on where it was, or at the end of a stream that is new, or has begun anew. */
  async #findPlace(): Promise<void> {
    const [entry] = listIn(await this.#parts.reading.send(['XREVRANGE', KEY, '+', '-', 'COUNT', '1']))
    const newest = entry === undefined ? FIRST : idIn(entry)
    if (newest === undefined) await this.#beginAnew()
    else if (this.#last === undefined || isAfter(this.#last, newest)) this.#last = newest
  }

  /** Somebody has added an entry behind which none of ours can be read: nobody would hear anybody any more. */
  async #beginAnew(): Promise<void> {
    const { commands, warnings } = this.#parts
    warnings.warn('nodes', {}, TOO_HIGH)
    await commands.send(['DEL', KEY])
    this.#last = FIRST
  }

  async #read(after: FrameId): Promise<void> {
    const { reading, commandTimeout } = this.#parts
    const args = ['XREAD', 'COUNT', String(KEPT), 'BLOCK', String(BLOCK_MS), 'STREAMS', KEY, after]
    const [stream] = listIn(await reading.send(args, BLOCK_MS + commandTimeout))
    const entries = listIn(listIn(stream)[1])
    for (const entry of entries) {
      const id = idIn(entry)
      if (id === undefined) {
        await this.#beginAnew()
        return
      }
      this.#last = id
      this.#pass(listIn(listIn(entry)[1]))
    }
    // Redis may have been emptied, and its clock set back.
    if (entries.length === 0) await this.#findPlace()
  }

  #pass(fields: readonly RedisReply[]): void {
    const { node, heard, warnings } = this.#parts
    const [, said, , text] = fields.map((field) => (Buffer.isBuffer(field) ? field : Buffer.from(String(field))))
    if (said === undefined || text === undefined || said.length > MOST_NAME || text.length > MOST_SAID)
      warnings.warn('nodes', {}, NONSENSE)
    else if (String(said) !== node) heard(String(said), String(text))
  }

  async #failed(error: unknown): Promise<void> {
    if (!(error instanceof RedisFailure)) throw error
    const { clock, warnings } = this.#parts
    // Of a lost connection it is the connection that says so.
    if (error.kind === 'refused' && error.code !== 'UNBLOCKED')
      warnings.warn('nodes', {}, `what other servers say cannot be read: ${error.message}`)
    await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve))
  }
}

/** The id of an entry. */
function idIn(entry: RedisReply | undefined): FrameId | undefined {
  const id = String(listIn(entry)[0])
  return isFrameId(id) ? id : undefined
}

/** How much a server may say at once, in bytes; more is not listened to. */
export const MOST_SAID = 1_000_000

const KEY = 'belvedere:nodes'
/** How long the name of a server is at most, in bytes. */
const MOST_NAME = 64
/** How long the stream is kept when nobody says anything, s, and how often that is told, ms. */
const KEEP_S = 60
const KEEP_PERIOD_MS = 10_000
/** Below all ids. */
const FIRST: FrameId = '0-0'
/** How many entries the stream keeps: some seconds of what a few servers say. */
const KEPT = 100
/** How long a read blocks, ms: a link on which nothing has come for longer than that is dead. */
const BLOCK_MS = 1000
const PAUSE_MS = 500
const NONSENSE = 'what is in the stream belvedere:nodes in Redis is not from one of our servers; it is skipped'
const TOO_HIGH =
  'the stream belvedere:nodes in Redis has an entry with too high an id, not from one of our servers; it is begun anew'
