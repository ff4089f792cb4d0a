import type { AuditEntry } from '../core/audit-store.ts'

/**
 * Shortens a list of audit entries to about `max` of them. The rest becomes a count for each action and outcome, first
 * the oldest of those refused or failed, which anybody can cause, then the oldest others.
 * @param entries oldest first
 * @returns oldest first, the counts before all others; the same list if nothing was too much
 */
export function shortened(entries: readonly AuditEntry[], max: number): readonly AuditEntry[] {
  const [counts, single] = split(entries, ({ detail }) => detail === NOT_KEPT)
  const excess = single.length - max
  if (excess <= 0) return entries
  const [done, refused] = split(single, ({ outcome }) => outcome === 'ok')
  const dropped = new Set([...refused, ...done].slice(0, excess))
  const counted = new Map<string, AuditEntry>()
  for (const entry of [...counts, ...dropped]) {
    const { action, outcome } = entry
    const key = `${action} ${outcome}`
    const known = counted.get(key) ?? { ...entry, who: '', target: '', address: '', detail: NOT_KEPT, count: 0 }
    counted.set(key, { ...known, at: Math.min(known.at, entry.at), count: known.count + entry.count })
  }
  return [...counted.values(), ...single.filter((entry) => !dropped.has(entry))]
}

const NOT_KEPT = 'more than could be kept until the audit trail could be written again (access.audit_pending)'

function split<Item>(items: readonly Item[], condition: (item: Item) => boolean): [Item[], Item[]] {
  const { yes = [], no = [] } = Object.groupBy(items, (item) => (condition(item) ? 'yes' : 'no'))
  return [yes, no]
}
