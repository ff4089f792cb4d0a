/*
 * The audit trail (audit log) as it is stored: who did what, when and from where. Times are ms since 1970 by this
 * server's clock.
 */

/** Who did what, when and from where. */
export interface AuditEntry {
  /** ms since 1970. */
  readonly at: number
  /** Name of the user, key or link at that time. */
  readonly who: string
  /** A dotted name, such as "user.add". */
  readonly action: string
  /** What it was done to, for people; empty if there is nothing to say. */
  readonly target: string
  /** An IP address, or "this machine" for the command line. */
  readonly address: string
  readonly outcome: 'ok' | 'refused' | 'failed'
  /** Why, in a sentence; empty if there is nothing to say. */
  readonly detail: string
  /** How often the same thing happened within a short time. */
  readonly count: number
}

/** A stored entry; later ones have higher ids. */
export interface StoredAuditEntry extends AuditEntry {
  readonly id: number
}

/** Which entries to return, newest first. */
export interface AuditQuery {
  /** Only those with a lower id. */
  readonly before?: number | undefined
  /** The maximum number of entries to return. */
  readonly limit: number
  readonly who?: string | undefined
  readonly action?: string | undefined
}

/** Stores the audit trail. */
export interface AuditStore {
  /** Adds entries, in this order: all or none. */
  addEntries(entries: readonly AuditEntry[]): Promise<void>
  /** The newest entries that match the query, newest first. */
  entries(query: AuditQuery): Promise<StoredAuditEntry[]>
  /** Deletes entries from before that moment, and all but the latest `maxRefused` of those refused or failed. */
  forget(limits: { readonly before: number; readonly maxRefused: number }): Promise<void>
}
