import type { ShownEvent } from '../core/event.ts'

/** What an event that a command has appended is known by: its id or, while it waits for the log, its receipt. */
export function nameOf({ id, receipt }: ShownEvent): { readonly event_id: string } | { readonly receipt: string } {
  return id === undefined ? { receipt } : { event_id: id }
}
