import { ADMIN_PASSWORD, type MeasuredServer } from './servers.ts'

/** The password of every user except the admin. */
const PASSWORD = 'the-password-of-everybody-else'

/** Adds a user. */
export async function addUser(
  server: MeasuredServer,
  user: { readonly username: string; readonly role: string; readonly labels: readonly string[] },
): Promise<void> {
  const headers = await adminHeaders(server)
  await post(server, '/add_user', { ...user, password: PASSWORD }, headers)
}

/** The headers of a request of the admin's. */
export async function adminHeaders(server: MeasuredServer): Promise<{ readonly authorization: string }> {
  return { authorization: `Bearer ${await login(server, 'admin', ADMIN_PASSWORD)}` }
}

/** Logs a user in. @returns an access token */
export function accessToken(server: MeasuredServer, username: string): Promise<string> {
  return login(server, username, PASSWORD)
}

async function login(server: MeasuredServer, username: string, password: string): Promise<string> {
  const answer = await post(server, '/login', { username, password })
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) throw new Error('no access token')
  return String(answer.access_token)
}

/** Posts JSON. @throws Error when the server refuses */
export async function post({ port }: MeasuredServer, path: string, body: object, headers = {}): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}
