import { hash, verify } from '@node-rs/argon2'
import { limited, Refusal } from '../core/errors.ts'

/** The longest password, in bytes of UTF-8: room for any sentence, none for a flood. */
export const MAX_PASSWORD_BYTES = 1024

/** The least that people are asked for on the page and the command line, in characters (NIST SP 800-63B). */
export const MIN_PASSWORD_LENGTH = 8

/** What Argon2id is made to take for one password. */
export interface PasswordCost {
  /** KiB. */
  readonly memoryCost: number
  /** Passes over the memory. */
  readonly timeCost: number
  /** Lanes. */
  readonly parallelism: number
}

/** The least that OWASP's Password Storage Cheat Sheet (2024) asks for; some 30 ms of a core. */
export const PASSWORD_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/**
 * How many are worked on at once: hashing runs on Node's four threads, which checking tokens and files need as well.
 */
const AT_ONCE = 2

/** How many may wait for their turn. */
const MOST_WAITING = 100

/** Password hashing (Argon2id): hashes passwords and checks them, a few at a time. */
export class PasswordHasher {
  readonly #cost: PasswordCost
  readonly #nobodys: string
  #busy = 0
  readonly #waiting: (() => void)[] = []

  /** @param cost of each hash that is made; a hash is checked at the cost that it was made with */
  constructor(cost = PASSWORD_COST) {
    this.#cost = cost
    this.#nobodys = nobodys(cost)
  }

  /**
   * @returns in the PHC string format
   * @throws Refusal `invalid` when the password is empty or too long; `limited` when too many wait
   */
  async hash(password: string): Promise<string> {
    if (password === '') throw new Refusal('invalid', 'password: must not be empty')
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
      throw new Refusal('invalid', `password: at most ${MAX_PASSWORD_BYTES} bytes`)
    return this.#inTurn(() => hash(password, this.#cost))
  }

  /**
   * Whether it is the password; takes as long when there is nobody, so that the time tells no names (timing attack).
   * @param kept what `hash` made of the right one; undefined: there is no such user
   * @param check called when it is its turn; what it throws ends it
   * @throws Refusal `limited` when too many wait
   */
  async verify(kept: string | undefined, password: string, check: () => void): Promise<boolean> {
    const isTooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES
    const isRight = await this.#inTurn(() => {
      check()
      return verify(kept ?? this.#nobodys, isTooLong ? '' : password)
    })
    return isRight && kept !== undefined && !isTooLong
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING)
        throw limited(5000, (seconds) => `Too many people are logging in at once; try again in ${seconds} s.`)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#busy++
    }
    try {
      return await work()
    } finally {
      // The turn is handed over, or given up.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#busy--
    }
  }
}

/** Of a password that nobody knows: the work for a name that does not exist is the same as for one that does. */
function nobodys({ memoryCost, timeCost, parallelism }: PasswordCost): string {
  const work = `m=${memoryCost},t=${timeCost},p=${parallelism}`
  return `$argon2id$v=19$${work}$tPtI9oBJxOB5vBq4qwkLTg$3yX4x7GEpSAgTqNkLVkvQdLdtmTCeCbb6Fq3yI3mRoQ`
}
