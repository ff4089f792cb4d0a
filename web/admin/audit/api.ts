import type { AuditEntry, StoredAuditEntry } from '../../../src/core/audit-store.ts'
import { type Fields, listIn, numberIn, oneIn, textIn } from '../../access/json-fields.ts'
import { request } from '../admin-request.ts'

/** The filter; an empty field matches all. */
export interface AuditFilter {
  readonly who: string
  readonly action: string
}

/** A page of the trail, newest first. */
export interface Trail {
  readonly entries: readonly StoredAuditEntry[]
  /** Whether there are older entries. */
  readonly hasMore: boolean
}

const OUTCOMES = ['ok', 'refused', 'failed'] as const satisfies readonly AuditEntry['outcome'][]

/** The page size. */
const LIMIT = 50

/** Loads a page of the trail. @param before only entries with a lower id @throws HttpProblem */
export async function loadTrail({ who, action }: AuditFilter, before?: number, signal?: AbortSignal): Promise<Trail> {
  const query = new URLSearchParams({ limit: String(LIMIT) })
  if (before !== undefined) query.set('before', String(before))
  if (who !== '') query.set('who', who)
  if (action !== '') query.set('action', action)
  const answer = await request('GET', `/audit?${query}`, undefined, signal)
  return { entries: listIn(answer, 'entries').map(entryOf), hasMore: answer.more === true }
}

function entryOf(fields: Fields): StoredAuditEntry {
  return {
    id: numberIn(fields, 'id') ?? 0,
    at: numberIn(fields, 'at') ?? 0,
    who: textIn(fields, 'who'),
    action: textIn(fields, 'action'),
    target: textIn(fields, 'target'),
    address: textIn(fields, 'address'),
    outcome: oneIn(fields, 'outcome', OUTCOMES, 'failed'),
    detail: textIn(fields, 'detail'),
    count: numberIn(fields, 'count') ?? 1,
  }
}
