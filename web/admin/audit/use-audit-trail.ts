import { useCallback, useState } from 'react'
import type { StoredAuditEntry } from '../../../src/core/audit-store.ts'
import type { HttpProblem } from '../../access/fetch-json.ts'
import { asProblem } from '../admin-request.ts'
import { type Loaded, useLoaded } from '../use-loaded.ts'
import { loadTrail, type Trail } from './api.ts'

/** The trail, as far back as it was loaded. */
export interface OpenAuditTrail {
  /** The newest page. */
  readonly first: Loaded<Trail>
  readonly entries: readonly StoredAuditEntry[]
  readonly hasMore: boolean
  /** Why older entries could not be loaded. */
  readonly failure: HttpProblem | undefined
  /** Loads the next older page. */
  readonly readOlder: () => Promise<void>
}

/** The older pages, which are discarded when the newest page is reloaded. */
interface Older extends Trail {
  readonly first: Trail | undefined
}

/** A hook: loads the audit trail page by page, newest first. */
export function useAuditTrail(who: string, action: string): OpenAuditTrail {
  const load = useCallback((signal: AbortSignal) => loadTrail({ who, action }, undefined, signal), [who, action])
  const first = useLoaded(load)
  const [read, setRead] = useState<Older>()
  const [failure, setFailure] = useState<HttpProblem>()
  const newest = first.value
  const older = read !== undefined && read.first === newest ? read : undefined
  const entries = [...(newest?.entries ?? []), ...(older?.entries ?? [])]

  const readOlder = async () => {
    setFailure(undefined)
    try {
      const next = await loadTrail({ who, action }, entries.at(-1)?.id)
      setRead({ first: newest, entries: [...(older?.entries ?? []), ...next.entries], hasMore: next.hasMore })
    } catch (thrown) {
      setFailure(asProblem(thrown))
    }
  }

  return { first, entries, hasMore: (older ?? newest)?.hasMore ?? false, failure, readOlder }
}
