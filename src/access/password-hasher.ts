import { hash, verify } from '@node-rs/argon2'
import { limited, Refusal } from '../core/errors.ts'

/** The maximum length of a password in bytes of UTF-8: enough for any passphrase, too short to overload the server. */
export const MAX_PASSWORD_BYTES = 1024

/** The minimum length on the page and the command line, in characters (NIST SP 800-63B). */
export const MIN_PASSWORD_LENGTH = 8

/** The cost parameters of Argon2id. */
export interface PasswordCost {
  /** KiB. */
  readonly memoryCost: number
  /** Passes over the memory. */
  readonly timeCost: number
  /** Degree of parallelism. */
  readonly parallelism: number
}

/** The minimum of OWASP's Password Storage Cheat Sheet (2024); takes some 30 ms of a core. */
export const PASSWORD_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/**
 * How many hashes are computed at once: this runs on Node's thread pool (four threads), which token checks and files
 * need too.
 */
const MAX_CONCURRENT = 2

/** The maximum number of queued requests. */
const MAX_QUEUED = 100

/** Password hashing with Argon2id, a few at a time. */
export class PasswordHasher {
  readonly #cost: PasswordCost
  readonly #dummyHash: string
  #busy = 0
  readonly #queue: (() => void)[] = []

  /** @param cost for new hashes; a hash is verified with the cost that it was created with */
  constructor(cost = PASSWORD_COST) {
    this.#cost = cost
    this.#dummyHash = dummyHash(cost)
  }

  /**
   * Hashes a new password.
   * @returns the hash in the PHC string format
   * @throws Refusal `invalid` when the password is empty or too long; `limited` when the queue is full
   */
  async hash(password: string): Promise<string> {
    if (password === '') throw new Refusal('invalid', 'password: must not be empty')
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
      throw new Refusal('invalid', `password: at most ${MAX_PASSWORD_BYTES} bytes`)
    return this.#inTurn(() => hash(password, this.#cost))
  }

  /**
   * Verifies a password. Takes as long when there is no such user, so that the time does not reveal which names exist
   * (timing attack).
   * @param kept the stored hash; undefined: there is no such user
   * @param check called when it is its turn; what it throws is passed on
   * @throws Refusal `limited` when the queue is full
   */
  async verify(kept: string | undefined, password: string, check: () => void): Promise<boolean> {
    const isTooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES
    const isRight = await this.#inTurn(() => {
      check()
      return verify(kept ?? this.#dummyHash, isTooLong ? '' : password)
    })
    return isRight && kept !== undefined && !isTooLong
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= MAX_CONCURRENT) {
      if (this.#queue.length >= MAX_QUEUED)
        throw limited(5000, (seconds) => `Too many people are logging in at once; try again in ${seconds} s.`)
      await new Promise<void>((resolve) => this.#queue.push(resolve))
    } else {
      this.#busy++
    }
    try {
      return await work()
    } finally {
      // Pass the slot on to the next in the queue, or free it.
      const next = this.#queue.shift()
      if (next) next()
      else this.#busy--
    }
  }
}

/** A dummy hash of a random password, so that an unknown name takes the same work as a known one. */
function dummyHash({ memoryCost, timeCost, parallelism }: PasswordCost): string {
  const work = `m=${memoryCost},t=${timeCost},p=${parallelism}`
  return `$argon2id$v=19$${work}$tPtI9oBJxOB5vBq4qwkLTg$3yX4x7GEpSAgTqNkLVkvQdLdtmTCeCbb6Fq3yI3mRoQ`
}
