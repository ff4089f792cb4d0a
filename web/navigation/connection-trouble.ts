import { CONNECTING } from '../../client/codes.ts'
import type { Admission } from '../access/access-guard.ts'
import { type Diagnosis, diagnosisOf } from '../access/connection-diagnosis.ts'
import type { ConnectionState } from '../access/connection-state.ts'
import type { SessionState } from '../access/session-store.ts'

/** Why the page gets nothing from the server, as the user is told. */
export type ConnectionTrouble =
  | { readonly kind: 'noConnection' | 'noUpgrade' | 'proxySignIn' }
  /** A proxy answered in place of the server, with this status. */
  | { readonly kind: 'gateway'; readonly status: number }
  /** The server refuses, in its own words; `origin`: because it takes this page for one of another site. */
  | { readonly kind: 'refused' | 'origin'; readonly reason: string }

/** What is known of the page's connection. */
export interface ConnectionFacts {
  readonly connection: ConnectionState
  readonly admission: Admission
  readonly sessionState: SessionState
  readonly diagnosis: Diagnosis
}

/** What is wrong with the connection; undefined if nothing is, or somebody else says it. */
export function connectionTroubleOf({
  connection: { state, code, reason },
  admission,
  sessionState: { problem },
  diagnosis,
}: ConnectionFacts): ConnectionTrouble | undefined {
  if (state === 'disconnected' && admission.kind === 'refused') {
    const asked = problem && diagnosisOf(problem)
    return asked?.kind === 'proxySignIn' || asked?.kind === 'gateway' ? troubleOf(asked, '') : refusalOf(reason)
  }
  // The first attempt is not a problem yet, and most refusals are resolved before anybody could read of them.
  return state === 'connecting' && code !== CONNECTING.called ? troubleOf(diagnosis, reason) : undefined
}

/** A refusal in the words of the server. */
export function refusalOf(reason: string): ConnectionTrouble {
  return { kind: reason.startsWith('Origin:') ? 'origin' : 'refused', reason }
}

function troubleOf(diagnosis: Diagnosis, reason: string): ConnectionTrouble {
  switch (diagnosis.kind) {
    case 'silent':
      return { kind: 'noConnection' }
    case 'closes':
      return refusalOf(reason)
    case 'gateway':
      return diagnosis
    default:
      return { kind: diagnosis.kind }
  }
}
