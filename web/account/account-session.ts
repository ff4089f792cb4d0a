import { fieldsIn } from '../access/json-fields.ts'

/** One place where somebody is signed in. Times are ms since 1970. */
export interface AccountSession {
  readonly id: string
  /** undefined: it was never used. */
  readonly lastUsedAt: number | undefined
  readonly address: string
  /** The `User-Agent`, as it was sent. */
  readonly agent: string
  /** The one that asks. */
  readonly isCurrent: boolean
}

/** Reads an answer of `/account/sessions`: this one first, then by last use. @throws TypeError when it is no such answer */
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
