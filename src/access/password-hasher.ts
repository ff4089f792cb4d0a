import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { limited, Refusal } from '../core/errors.ts'
import { FairQueue } from '../core/fair-queue.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../core/quota.ts'

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

/** Who asks for a hash. */
export interface HashRequester {
  /** The key of its share: clients are served in turn, and each has one hash computed at a time. */
  readonly client: string
  /** Somebody who is known here: every second turn is for such clients, however many others wait. */
  readonly isKnown: boolean
  /** An admin who is known here: room is kept for them. */
  readonly isPrivileged: boolean
  /** Aborted when it no longer needs the hash; its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

/** Watches over a verification. Both are called in the requester's turn, so that its next one sees what came of this. */
export interface VerificationGate {
  /** Whether it may start. */
  mayStart(): boolean
  /** Called with the result. */
  verified(isRight: boolean): void
}

/** Password hashing with Argon2id, a few at a time. */
export class PasswordHasher {
  readonly #cost: PasswordCost
  readonly #dummyHash: string
  /** Everybody who waits or is served. */
  readonly #places: Quota
  /** Clients whose hash is being computed. */
  readonly #served = new Set<string>()
  readonly #known = new FairQueue<() => void>()
  readonly #others = new FairQueue<() => void>()
  /** Every second turn is theirs, so that nobody keeps them waiting for ever. */
  #isTurnOfOthers = false

  /**
   * @param rules how many requests may wait at once
   * @param cost for new hashes; a hash is verified with the cost that it was created with
   */
  constructor(rules: QuotaRules, cost = PASSWORD_COST) {
    this.#places = new Quota(rules)
    this.#cost = cost
    this.#dummyHash = dummyHash(cost)
  }

  /**
   * Hashes a new password.
   * @returns the hash in the PHC string format
   * @throws Refusal `invalid` when the password is empty or too long; `limited` when too many requests are waiting
   */
  async hash(password: string, requester: HashRequester): Promise<string> {
    if (password === '') throw new Refusal('invalid', 'password: must not be empty')
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
      throw new Refusal('invalid', `password: at most ${MAX_PASSWORD_BYTES} bytes`)
    return this.#inTurn(requester, () => hash(password, this.#cost))
  }

  /**
   * Verifies a password. Takes as long when there is no such user, so that the time does not reveal which names exist
   * (timing attack).
   * @param kept the stored hash; undefined: there is no such user
   * @returns undefined if the gate did not let it start
   * @throws Refusal `limited` when too many requests are waiting
   */
  async verify(
    kept: string | undefined,
    password: string,
    requester: HashRequester,
    gate: VerificationGate = OPEN,
  ): Promise<boolean | undefined> {
    const isTooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES
    return this.#inTurn(requester, async () => {
      if (!gate.mayStart()) return undefined
      const isSame = await verify(kept ?? this.#dummyHash, isTooLong ? '' : password)
      const isRight = isSame && kept !== undefined && !isTooLong
      gate.verified(isRight)
      return isRight
    })
  }

  async #inTurn<T>(requester: HashRequester, work: () => Promise<T>): Promise<T> {
    const { client, isPrivileged } = requester
    const bound = this.#places.take(client, 1, isPrivileged)
    if (bound !== undefined) throw tooMany(bound)
    try {
      await this.#turn(requester)
      try {
        return await work()
      } finally {
        this.#served.delete(client)
      }
    } finally {
      this.#places.give(client, 1)
      this.#serve()
    }
  }

  /** Resolves when it is the requester's turn. @throws the reason of its signal */
  async #turn({ client, isKnown, signal }: HashRequester): Promise<void> {
    signal?.throwIfAborted()
    const queue = isKnown ? this.#known : this.#others
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const start = () => {
      this.#served.add(client)
      resolve()
    }
    const leave = () => {
      if (queue.remove(client, start)) reject(signal?.reason)
    }
    signal?.addEventListener('abort', leave)
    queue.add(client, start)
    this.#serve()
    try {
      await promise
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }

  #serve(): void {
    const isServed = (client: string) => this.#served.has(client)
    while (this.#served.size < MAX_CONCURRENT) {
      const [first, second] = this.#isTurnOfOthers ? [this.#others, this.#known] : [this.#known, this.#others]
      const start = first.next(isServed) ?? second.next(isServed)
      if (!start) return
      this.#isTurnOfOthers = !this.#isTurnOfOthers
      start()
    }
  }
}

function tooMany(bound: QuotaBound): Refusal {
  const limit = bound === 'share' ? 'limits.hashing_per_client' : 'limits.hashing'
  return limited(
    RETRY_MS,
    (seconds) => `Too many passwords are waiting to be checked (${limit}); try again in ${seconds} s.`,
    limit,
  )
}

/**
 * How many hashes are computed at once: they leave a processor to everything else, and threads of Node's pool (it has
 * four) to token checks and files.
 */
const MAX_CONCURRENT = availableParallelism() > 2 ? 2 : 1

const OPEN: VerificationGate = { mayStart: () => true, verified() {} }

/** When to try again after too many were waiting, ms. */
const RETRY_MS = 5000

/** A dummy hash of a random password, so that an unknown name takes the same work as a known one. */
function dummyHash({ memoryCost, timeCost, parallelism }: PasswordCost): string {
  const work = `m=${memoryCost},t=${timeCost},p=${parallelism}`
  return `$argon2id$v=19$${work}$tPtI9oBJxOB5vBq4qwkLTg$3yX4x7GEpSAgTqNkLVkvQdLdtmTCeCbb6Fq3yI3mRoQ`
}
