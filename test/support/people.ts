import { answerOf } from './answer.ts'
import { authorized, type Fields, KEY, TestServer } from './server.ts'

/** The password of every user in the tests, including the administrator. */
export const PASSWORD = 'a-password-for-tests'

/** Starts a server. @returns it, and an access token of its administrator */
export async function startWithAdmin(config: Readonly<Record<string, string | number>> = {}) {
  const server = await TestServer.start({ config: { admin_password: PASSWORD, ...config } })
  return { server, admin: await signIn(server, 'admin') }
}

/** Logs in as a program does. @returns an access token */
export async function signIn(server: TestServer, username: string): Promise<string> {
  const { access_token } = await postJson(server, '/login', { username, password: PASSWORD })
  if (typeof access_token !== 'string') throw new Error('/login gave no access_token')
  return access_token
}

/** Adds a user and logs in. @returns an access token */
export async function signInAs(
  server: TestServer,
  admin: string,
  user: { username: string; role: string; labels: readonly string[] },
): Promise<string> {
  await postJson(server, '/add_user', { ...user, password: PASSWORD }, admin)
  return signIn(server, user.username)
}

/** Sends an event through a webhook, with the publish key. @returns its id */
export async function sendEvent(server: TestServer, name: string, body: unknown): Promise<string> {
  const { id } = await postJson(server, `/api/webhook/${name}`, body, KEY)
  if (typeof id !== 'string') throw new Error('the webhook gave no id')
  return id
}

/** Posts JSON, which must succeed. @returns the JSON object of the response */
async function postJson(server: TestServer, path: string, body: unknown, token?: string): Promise<Fields> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && authorized(token)) },
    body: JSON.stringify(body),
  })
  const answer = await answerOf(response)
  if (!response.ok) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
