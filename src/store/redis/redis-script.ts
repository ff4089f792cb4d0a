import { createHash } from 'node:crypto'

/** A Lua script that Redis runs: sent once to each Redis, and called by its hash from then on (`RedisConnection.run`). */
export class RedisScript {
  readonly text: string
  /** The SHA-1 of the text, as EVALSHA wants it. */
  readonly sha: string

  constructor(text: string) {
    this.text = text
    this.sha = createHash('sha1').update(text).digest('hex')
  }
}
