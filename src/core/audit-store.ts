/*
 * The audit trail as it is kept: who did what, when and from where. Times are ms since 1970 by this server's clock.
 */

/** Who did what, when, from where. */
export interface AuditEntry {
  readonly at: number
  /** A name, as it was then. */
  readonly who: string
  /** A dotted word, "user.add". */
  readonly action: string
  /** What it was done to, in words; empty if there is nothing to say. */
  readonly target: string
  /** An IP address; "this machine" for the command line. */
  readonly address: string
  readonly outcome: 'ok' | 'refused' | 'failed'
  /** Why, in a sentence; empty if there is nothing to say. */
  readonly detail: string
  /** How often it happened, the same within a short time. */
  readonly count: number
}

/** An entry that is kept; later ones have higher ids. */
export interface KeptAuditEntry extends AuditEntry {
  readonly id: number
}

/** Which entries are wanted, the newest first. */
export interface AuditQuery {
  /** Only those with a lower id. */
  readonly before?: number | undefined
  readonly limit: number
  readonly who?: string | undefined
  readonly action?: string | undefined
}

/** Keeps the audit trail. */
export interface AuditStore {
  addEntries(entries: readonly AuditEntry[]): Promise<void>
  entries(query: AuditQuery): Promise<KeptAuditEntry[]>
  /** Forgets what was before that moment, and of what was refused or failed all but the latest `mostBad` entries. */
  forget(limits: { readonly before: number; readonly mostBad: number }): Promise<void>
}
