import { ask } from './fetch-json.ts'

/** Signs out and loads the page anew, so that nothing stays of what was seen. @throws HttpProblem */
export async function signOut(): Promise<void> {
  await ask('/session', { method: 'DELETE' })
  location.assign('/')
}
