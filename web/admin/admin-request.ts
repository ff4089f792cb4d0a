import { fetchJson, HttpProblem } from '../access/fetch-json.ts'
import { type Fields, fieldsIn } from '../access/json-fields.ts'

/** The HTTP methods in use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Sends a request to the admin API.
 * @param path absolute; inserted values must be percent-encoded
 * @param body sent as JSON
 * @returns the fields of the JSON response; none if it has no body
 * @throws HttpProblem
 */
export async function request(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Fields> {
  const answer = await fetchJson(path, { method, body, ...(signal && { signal }) })
  return fieldsIn(answer)
}

/** Wraps any thrown value as an HttpProblem, so that the page shows it like a failed request. */
export function asProblem(thrown: unknown): HttpProblem {
  return thrown instanceof HttpProblem ? thrown : new HttpProblem(UNEXPECTED, String(thrown))
}

/** Not an HTTP status: an error in the page itself. */
const UNEXPECTED = -1
