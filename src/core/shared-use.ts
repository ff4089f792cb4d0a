/**
 * What clients use up at the other servers of the installation, of one limit that holds for all servers together.
 * Nobody waits for it: each server counts by itself, tells what its clients have used, and charges them for what others
 * tell.
 */
export interface SharedUse {
  /** Tells the other servers that a client has used some here. */
  used(client: string, some: number): void
  /** Calls `charge` with what a client has used at another server. */
  onUsed(charge: (client: string, some: number) => void): void
}

/**
 * The shared use of a limit, by the name of its setting; undefined where a server is alone.
 * @param isUrgent whether others are told at once rather than within a second
 */
export type SharedUseOf = (limit: string, isUrgent?: 'urgent') => SharedUse | undefined
