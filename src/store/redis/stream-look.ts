import type { Clock } from '../../core/clock.ts'
import { isFrameId } from '../../core/frame-id.ts'
import { listIn } from './entry-listener.ts'
import { lowestAfter } from './frame-reader.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisScript } from './redis-script.ts'
import { type StoredStream, timeOf } from './stored-stream.ts'

/** What looking needs. */
export interface StreamLookParts {
  readonly clock: Clock
  readonly commands: RedisConnection
  /** How long after one look the next one follows, ms. */
  readonly period: number
  /** A key cannot be looked at, for a reason that Redis gives. */
  readonly refused: (stream: StoredStream, reason: string) => void
}

/**
 * Finds out whether streams go on, and the ids of their newest entries, but never fetches entries. To get at an id, even
 * a script makes Redis copy the whole picture (80 µs for 50 KB). So a stream that is known to go on is first asked for
 * its memory usage (1.5 µs). If that has changed there are new entries: it goes on, and its id is asked for only once
 * that is the same. It often is the same in spite of new entries, as memory is given out in steps of an eighth to a
 * quarter. Where nothing has come, asking for later ids costs 2 µs.
 */
export class StreamLook {
  readonly #parts: StreamLookParts
  /** Whether the ACL allows to ask for the memory usage, as far as is known. */
  #canMeasure = true

  constructor(parts: StreamLookParts) {
    this.#parts = parts
    parts.commands.onUp(() => {
      this.#canMeasure = true
    })
  }

  /** Looks at some streams. @throws RedisFailure */
  async look(streams: readonly StoredStream[]): Promise<void> {
    const keys = streams.map(({ key }) => key)
    const known = streams.map(({ memoryUsage }) => String(this.#canMeasure ? memoryUsage : CANNOT_MEASURE))
    const lowest = streams.map(({ lastId }) => lowestAfter(lastId))
    const [ids, usages] = listIn(await this.#parts.commands.run(LOOK, keys, [...known, ...lowest])).map(listIn)
    for (const [i, stream] of streams.entries()) {
      stream.wasLookedUp = true
      this.#note(stream, String(ids?.[i] ?? ''), Number(usages?.[i] ?? 0))
    }
  }

  #note(stream: StoredStream, answer: string, memoryUsage: number): void {
    const now = this.#parts.clock.monotonic()
    const wentOn = stream.changedAt
    if (memoryUsage === CANNOT_MEASURE) this.#canMeasure = false
    stream.memoryUsage = Math.max(memoryUsage, 0)
    // There are new entries, of which the ids were not asked for.
    stream.changedAt = answer === '' && stream.memoryUsage > 0 ? now : undefined
    if (answer === '') return
    if (!isFrameId(answer)) {
      this.#parts.refused(stream, answer)
      return
    }
    const between = stream.lastId === undefined || wentOn !== undefined ? 0 : timeOf(answer) - timeOf(stream.lastId)
    // A shorter time says nothing: there may have been many entries within it.
    stream.interval = between > 2 * this.#parts.period ? between : 0
    if (answer !== stream.lastId) stream.lastSeenAt = now
    stream.lastId = answer
  }
}

/** What stands for a memory usage that the ACL does not allow to ask for. */
const CANNOT_MEASURE = -1

/**
 * KEYS: streams. ARGV: for each its memory usage when it last had new entries, 0 if it had none, -1 if that cannot be
 * asked for; then for each the lowest id that is news. Answers two lists. Ids: that of the newest entry, '' if there is
 * no news or it was not asked for, else what Redis says is wrong. Memory usages: 0 if nothing is new.
 */
const LOOK = new RedisScript(`
-- Of so many nodes, each of which has one picture or more, the sizes are added up.
local function usageOf(key)
  local usage = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 16)
  if type(usage) == 'table' then return ${CANNOT_MEASURE} end
  return usage or 0
end

local ids, usages = {}, {}
for i, key in ipairs(KEYS) do
  local known = tonumber(ARGV[i])
  local usage = known > 0 and usageOf(key) or 0
  ids[i] = ''
  usages[i] = usage
  if usage <= 0 or usage == known then
    local newest = redis.pcall('XREVRANGE', key, '+', ARGV[#KEYS + i], 'COUNT', 1)
    if newest.err then
      ids[i] = newest.err
    elseif newest[1] then
      ids[i] = newest[1][1]
      usages[i] = known >= 0 and usageOf(key) or 0
    else
      usages[i] = 0
    end
  end
end
return {ids, usages}
`)
