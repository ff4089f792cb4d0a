import { hasPriority, type Principal } from './principal.ts'

/** For whom something is taken from a `Quota`. */
export interface QuotaClient {
  /** The id of the principal; undefined for those with priority, who have no share of their own. */
  readonly client: string | undefined
  /** Whether it may take what is reserved. */
  readonly isPrivileged: boolean
}

/** Those with priority, all together. */
export const PRIVILEGED: QuotaClient = { client: undefined, isPrivileged: true }

/**
 * The client that a principal is.
 * @param client who exactly, where that is known: a principal may be many people, such as all visitors
 */
export function quotaClientOf(principal: Principal, client = principal.id): QuotaClient {
  return hasPriority(principal) ? PRIVILEGED : { client, isPrivileged: false }
}
