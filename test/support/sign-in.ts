import type { Page } from 'playwright-core'
import { answerOf } from './answer.ts'
import { PASSWORD } from './people.ts'
import { authorized, type Fields, type TestServer } from './server.ts'

/** Fills in and submits the sign-in form with the keyboard. */
export async function fillSignIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
}

/** Calls the API as an administrator, which must succeed. @returns the JSON object of the response; empty if none */
export async function administer(
  server: TestServer,
  admin: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Fields> {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...authorized(admin), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
  return response.status === 204 ? {} : (await answerOf(response)).body
}
