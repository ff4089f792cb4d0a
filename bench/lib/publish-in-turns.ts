import { setTimeout as sleep } from 'node:timers/promises'
import { openPublisher } from '../../src/cli/publisher.ts'

/** Where pictures are published, and how often. */
export interface Publication {
  readonly url: string
  readonly key: string
  readonly label: string
  /** How many streams: "camera-1", "camera-2" …, which take turns. */
  readonly streams: number
  /** Frames a second of each. */
  readonly fps: number
}

/**
 * Publishes pictures at a steady rate for as long as the process runs. Prints a line that begins with "publishing" once each
 * stream has one.
 * @param pictureOf the picture of a turn (from 0) for a stream (from 0); undefined ends it
 */
export async function publishInTurns(
  { url, key, label, streams, fps }: Publication,
  pictureOf: (turn: number, stream: number) => Uint8Array | undefined,
): Promise<void> {
  const interval = 1000 / (fps * streams)
  const { publisher } = openPublisher(url, key, console.error)
  let due = performance.now()
  for (let sequence = 0; ; sequence++) {
    const wait = due - performance.now()
    if (wait > 0) await sleep(wait)
    // A camera that was held up does not catch up by sending faster.
    due = Math.max(due + interval, performance.now() - interval)
    const stream = sequence % streams
    const picture = pictureOf(Math.floor(sequence / streams), stream)
    if (picture === undefined) return
    await publisher.publish({ label, key: `camera-${stream + 1}` }, picture)
    // At most two are unanswered, so by then each stream's first has been.
    if (sequence === streams + 2) console.log(`publishing pictures of ${picture.length} bytes`)
  }
}
