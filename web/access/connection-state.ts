import { DISCONNECTED } from '../../client/codes.ts'
import type { LiveState } from '../../client/index.ts'

/** How the page's connection does. */
export interface ConnectionState {
  readonly state: LiveState
  /** client/codes.ts */
  readonly code: number
  readonly reason: string
}

/** Whether the server does not let this page in. */
export function isRefused({ state, code }: ConnectionState): boolean {
  return state === 'disconnected' && code === DISCONNECTED.refused
}
