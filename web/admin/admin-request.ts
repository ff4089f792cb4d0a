import { fetchJson, HttpProblem } from '../access/fetch-json.ts'
import { type Fields, fieldsIn } from '../access/json-fields.ts'

/** What a request does: reads, makes, changes, takes away. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * Asks the server as the admin that is signed in.
 * @param path absolute; what is put into it must be percent-encoded
 * @param body sent as JSON
 * @returns the fields of the answer, none if it has none
 * @throws HttpProblem
 */
export async function request(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Fields> {
  const answer = await fetchJson(path, { method, body, ...(signal && { signal }) })
  return fieldsIn(answer)
}

/** What was thrown, as a problem with a request: whatever else it is, the page shows it in the same place. */
export function asProblem(thrown: unknown): HttpProblem {
  return thrown instanceof HttpProblem ? thrown : new HttpProblem(UNEXPECTED, String(thrown))
}

/** No status of HTTP: something of the page's own went wrong. */
const UNEXPECTED = -1
