import { fetchJson } from './fetch-json.ts'
import { SessionStore } from './session-store.ts'

/** The session of this page. */
export const sessions = new SessionStore(() => fetchJson('/session', { signal: AbortSignal.timeout(TIMEOUT_MS) }))

/** A request in a network that lets nothing through would hold up all later ones. */
const TIMEOUT_MS = 10_000
