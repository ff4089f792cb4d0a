import type { AttackTarget } from './attacks.ts'

/** The label of the user who attacks, and that of everybody who is honest. */
export const HOSTILE_LABEL = 'hostile'
export const HONEST_LABEL = 'honest'

const PASSWORD = 'the-password-of-the-attacker'

/** Makes the accounts that the attackers have: a user of one label, and a share link of one stream. */
export async function prepareAttack(port: number, adminPassword: string): Promise<AttackTarget & { admin: string }> {
  const call = async (path: string, body: object, token?: string): Promise<Record<string, unknown>> => {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (token !== undefined) headers.authorization = `Bearer ${token}`
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
    return JSON.parse(await response.text())
  }
  const { access_token } = await call('/login', { username: 'admin', password: adminPassword })
  // A key: an access token would expire within the hour.
  const { key: admin } = await call('/keys', { name: 'the honest admin', scope: 'admin' }, String(access_token))
  const user = { username: 'mallory', password: PASSWORD, role: 'user', labels: [HOSTILE_LABEL] }
  await call('/add_user', user, String(admin))
  const tokens = await call('/login', { username: user.username, password: PASSWORD })
  const chain = await call('/login', { username: user.username, password: PASSWORD })
  const link = {
    name: 'for a visitor',
    streams: [{ label: HONEST_LABEL, key: 'camera-0' }],
    expires_at: Date.now() + 2 * 3_600_000,
  }
  const { token } = await call('/links', link, String(admin))
  return {
    port,
    link: String(token),
    // Whoever refreshes ends the access token of the same session when the chain is cut.
    user: { access: String(tokens.access_token), refresh: String(chain.refresh_token), label: HOSTILE_LABEL },
    victim: 'admin',
    admin: String(admin),
  }
}

/** What the server acknowledged to honest clients, and whether it still has it. */
export class Acknowledged {
  readonly #url: string
  readonly #admin: string
  readonly #users: string[] = []
  readonly #events: string[] = []
  /** Requests of honest clients that were refused or failed, with the answer. */
  readonly failures: string[] = []

  constructor(port: number, admin: string) {
    this.#url = `http://127.0.0.1:${port}`
    this.#admin = admin
  }

  /** Adds a user. */
  async addUser(number: number): Promise<void> {
    const username = `honest-${number}`
    const body = { username, password: 'an-honest-password', role: 'guest', labels: [HONEST_LABEL] }
    if (await this.#post('/add_user', body)) this.#users.push(username)
  }

  /** Sends an event. */
  async sendEvent(number: number): Promise<void> {
    const answer = await this.#post('/api/webhook/gate', { label: HONEST_LABEL, number })
    if (answer) this.#events.push(String(answer.id))
  }

  /** How many acknowledged users and recent events are missing. */
  async missing(keptEvents: number): Promise<{ users: number; events: number; of: number }> {
    const recent = this.#events.slice(-keptEvents)
    const users = JSON.stringify(await this.#get('/users'))
    const events = JSON.stringify(await this.#get(`/events?labels=${HONEST_LABEL}`))
    return {
      users: this.#users.filter((name) => !users.includes(`"${name}"`)).length,
      events: recent.filter((id) => !events.includes(`"${id}"`)).length,
      of: this.#users.length + recent.length,
    }
  }

  /** How many acknowledged users are missing from the store of a server that was started anew. */
  async missingUsers(port: number): Promise<number> {
    const users = JSON.stringify(await this.#get('/users', `http://127.0.0.1:${port}`))
    return this.#users.filter((name) => !users.includes(`"${name}"`)).length
  }

  async #get(path: string, url = this.#url): Promise<unknown> {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${this.#admin}` } })
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }

  async #post(path: string, body: object): Promise<Record<string, unknown> | undefined> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${this.#admin}` }
    const response = await fetch(this.#url + path, { method: 'POST', headers, body: JSON.stringify(body) }).catch(
      String,
    )
    if (typeof response === 'string') this.failures.push(response)
    else if (!response.ok) this.failures.push(`POST ${path} ${response.status} ${await response.text()}`)
    else return JSON.parse(await response.text())
    return undefined
  }
}
