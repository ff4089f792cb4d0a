import { DISCONNECTED } from '../../client/codes.ts'
import type { ConnectionState } from './worker-protocol.ts'

/** Whether the server does not let this page in. */
export function isRefused({ state, code }: ConnectionState): boolean {
  return state === 'disconnected' && code === DISCONNECTED.refused
}
