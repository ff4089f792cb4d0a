import { DISCONNECTED } from '../../client/codes.ts'
import type { LiveState } from '../../client/index.ts'

/** The state of the page's connection. */
export interface ConnectionState {
  readonly state: LiveState
  /** See client/codes.ts. */
  readonly code: number
  readonly reason: string
}

/** Whether the server refuses this page. */
export function isRefused({ state, code }: ConnectionState): boolean {
  return state === 'disconnected' && code === DISCONNECTED.refused
}
