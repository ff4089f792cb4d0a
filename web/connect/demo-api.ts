import { serverUrl } from '../server-address.ts'

/** Whether the server's demo runs. */
export interface DemoState {
  readonly isRunning: boolean
}

/**
 * Requests whether the demo runs.
 * @throws Error with the server's message; empty if there was no response
 */
export function fetchDemoState(): Promise<DemoState> {
  return request({})
}

/** Starts or stops the demo. @throws Error as `fetchDemoState` */
export function setDemoRunning(isRunning: boolean): Promise<DemoState> {
  return request({
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ running: isRunning }),
  })
}

async function request(init: RequestInit): Promise<DemoState> {
  const response = await fetch(serverUrl('/demo'), init).catch(() => undefined)
  if (!response) throw new Error('')
  const answer: unknown = await response.json().catch(() => undefined)
  const { running, detail }: { running?: unknown; detail?: unknown } =
    typeof answer === 'object' && answer !== null ? answer : {}
  if (response.ok && typeof running === 'boolean') return { isRunning: running }
  throw new Error(typeof detail === 'string' ? detail : `${response.status}`)
}
