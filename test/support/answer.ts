import type { Fields } from './server.ts'

/** A response with a JSON object. */
export interface Answer {
  readonly status: number
  readonly body: Fields
}

/** Reads a response. @throws Error when its body is not a JSON object */
export async function answerOf(response: Response): Promise<Answer> {
  const body: unknown = await response.json()
  if (!isObject(body)) throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(body)}`)
  return { status: response.status, body }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
