import { nameId, type StreamName } from '../../core/stream-name.ts'
import { nameInRedisKey } from '../../wire/redis-frame.ts'

/** Under which keys the log of events is in Redis. */
export interface EventKeys {
  /** The stream: the events by their ids. */
  readonly stream: Buffer
  /** A hash: `epoch`, `first`, the epoch that began before all that is kept, and `last`, the highest id that was given. */
  readonly log: Buffer
  /** A hash: the newest id that is gone, by stream and label (`EvictedEvents`). */
  readonly gone: Buffer
  /** A hash: who has taken note of an event, by its id. */
  readonly acknowledged: Buffer
  /** A stream: what was acknowledged, as it happens. */
  readonly changes: Buffer
  /** Which of its events a run of a node has in the log: the highest number in their receipts. */
  receipts(run: string): Buffer
  /** What servers have reported of a stream: its state and its warnings, as JSON. */
  reported(name: StreamName): Buffer
}

/** @param name of the stream; the other keys begin with it */
export function eventKeys(name = 'belvedere:events'): EventKeys {
  const key = (part: string) => Buffer.from(`${name}:${part}`)
  return {
    stream: Buffer.from(name),
    log: key('log'),
    gone: key('gone'),
    acknowledged: key('acknowledged'),
    changes: key('changes'),
    receipts: (run) => key(`receipts:${run}`),
    reported: ({ label, key: name }) => key(`reported:${nameInRedisKey({ label: nameId(label), key: nameId(name) })}`),
  }
}
