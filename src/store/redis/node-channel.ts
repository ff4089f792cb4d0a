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
    await commands.send(['XADD', KEY, 'MAXLEN', String(KEPT), '*', 'node', node, 'says', text])
  }

  close(): void {
    this.#run++
    this.#parts.commands.close()
    this.#parts.reading.close()
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

  /** Goes on where it was, or at the end of a stream that is new, or has begun anew. */
  async #findPlace(): Promise<void> {
    const [entry] = listIn(await this.#parts.reading.send(['XREVRANGE', KEY, '+', '-', 'COUNT', '1']))
    const newest = idIn(entry) ?? FIRST
    if (this.#last === undefined || isAfter(this.#last, newest)) this.#last = newest
  }

  async #read(after: FrameId): Promise<void> {
    const { reading, commandTimeout } = this.#parts
    const args = ['XREAD', 'COUNT', String(KEPT), 'BLOCK', String(BLOCK_MS), 'STREAMS', KEY, after]
    const [stream] = listIn(await reading.send(args, BLOCK_MS + commandTimeout))
    for (const entry of listIn(listIn(stream)[1])) {
      this.#last = idIn(entry) ?? this.#last
      this.#pass(listIn(listIn(entry)[1]))
    }
  }

  #pass(fields: readonly RedisReply[]): void {
    const { node, heard, warnings } = this.#parts
    const [, said, , text] = fields
    if (said === undefined || text === undefined) warnings.warn('nodes', {}, NONSENSE)
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

const KEY = 'belvedere:nodes'
/** Below all ids. */
const FIRST: FrameId = '0-0'
/** How many entries the stream keeps: some seconds of what a few servers say. */
const KEPT = 100
/** How long a read blocks, ms: a link on which nothing has come for longer than that is dead. */
const BLOCK_MS = 1000
const PAUSE_MS = 500
const NONSENSE = 'what is in the stream belvedere:nodes in Redis is not from one of our servers; it is skipped'
