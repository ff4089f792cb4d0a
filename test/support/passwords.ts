import type { PasswordCost } from '../../src/access/password-hasher.ts'

/** The minimum cost of Argon2id, since most tests do not test password hashing. */
export const CHEAP_PASSWORDS: PasswordCost = { memoryCost: 8, timeCost: 1, parallelism: 1 }
