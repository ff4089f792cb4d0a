import { fetchJson } from './fetch-json.ts'

/** Signs out and loads the page anew, so that nothing stays of what was seen. @throws HttpProblem */
export async function signOut(): Promise<void> {
  await fetchJson('/session', { method: 'DELETE' })
  location.assign('/')
}
