import { fetchJson } from './fetch-json.ts'
import { SessionStore } from './session-store.ts'

/** The session of this page. */
export const sessions = new SessionStore(() => fetchJson('/session'))
