import { fieldsIn } from '../access/json-fields.ts'

/** A session (sign-in) of the user. Times are ms since 1970. */
export interface AccountSession {
  readonly id: string
  /** undefined: never used. */
  readonly lastUsedAt: number | undefined
  readonly address: string
  /** The raw `User-Agent`. */
  readonly agent: string
  /** Whether it is this page's own session. */
  readonly isCurrent: boolean
}

/**
 * Parses a response of `/account/sessions`; the current one first, then by last use.
 * @throws TypeError when malformed
 */
export function readSessions(answer: unknown): AccountSession[] {
  const list = fieldsIn(answer).sessions
  if (!Array.isArray(list)) throw new TypeError('sessions: must be a list')
  return list
    .flatMap((entry: unknown) => readOne(entry) ?? [])
    .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
}

function readOne(entry: unknown): AccountSession | undefined {
  const { id, last_used_at, created_at, address, agent, current } = fieldsIn(entry)
  if (typeof id !== 'string' && typeof id !== 'number') return undefined
  const usedAt = typeof last_used_at === 'number' ? last_used_at : created_at
  return {
    id: String(id),
    lastUsedAt: typeof usedAt === 'number' ? usedAt : undefined,
    address: typeof address === 'string' ? address : '',
    agent: typeof agent === 'string' ? agent : '',
    isCurrent: current === true,
  }
}
