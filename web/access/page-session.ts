import { fetchJson } from './fetch-json.ts'
import { SessionStore } from './session-store.ts'

/** Who this page is. */
export const sessions = new SessionStore(() => fetchJson('/session'))
