import { type Clock, every } from './clock.ts'
import type { Log } from './log.ts'

/** Health of a store, for operators. The reason is a sentence. */
export type StoreHealth = { readonly isHealthy: true } | { readonly isHealthy: false; readonly reason: string }

/** A store that knows whether it can do its work. */
export interface HealthCheckedStore {
  health(): StoreHealth
}

/** Why a store cannot do its work, as a readiness check tells it; undefined if it can. */
export function problemOf(store: HealthCheckedStore): string | undefined {
  const health = store.health()
  return health.isHealthy ? undefined : health.reason
}

/** Logs when a store falls ill, with the reason, and when it is well again; looks once a second. @returns stops */
export function logHealth(store: HealthCheckedStore, { clock, log }: { clock: Clock; log: Log }): () => void {
  let known: string | undefined
  return every(clock, PERIOD_MS, () => {
    const problem = problemOf(store)
    if (problem === known) return
    known = problem
    if (problem === undefined) log.info({}, 'the store is well again')
    else log.error({}, problem)
  })
}

const PERIOD_MS = 1000
