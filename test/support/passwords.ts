import type { PasswordCost } from '../../src/access/password-hasher.ts'

/** The least that Argon2id can do: most tests have passwords only to get past them. */
export const CHEAP_PASSWORDS: PasswordCost = { memoryCost: 8, timeCost: 1, parallelism: 1 }
