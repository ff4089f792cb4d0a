import { PATHS } from '../paths.ts'
import { goTo } from '../server-address.ts'
import { fetchJson } from './fetch-json.ts'

/** Signs out and reloads the page, so that no data of the session remains. @throws HttpProblem */
export async function signOut(): Promise<void> {
  await fetchJson('/session', { method: 'DELETE' })
  goTo(PATHS.wall)
}
