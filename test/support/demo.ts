import { expect } from 'vitest'
import { rawRequest } from './raw.ts'
import { TestServer } from './server.ts'
import { type FrameMessage, TestSocket } from './sockets.ts'
import { until } from './until.ts'

/** The demo's streams, in the order of `/streams`. */
export const DEMO_KEYS = ['beam spot', 'building site', 'front door']

/** `PUT /demo` with a body sent as JSON; a text is sent as is. */
export function putDemo(server: TestServer, body: unknown, headers: Record<string, string> = {}) {
  return rawRequest(`${server.url}/demo`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** The keys of the demo's live streams. */
export async function liveDemoKeys(server: TestServer): Promise<unknown[]> {
  const streams = await server.streams()
  return streams.filter(({ label, state }) => label === 'demo' && state === 'live').map(({ key }) => key)
}

/** A server whose demo is running. */
export async function startDemo(config: Record<string, string | number> = {}): Promise<TestServer> {
  const server = await TestServer.start({ config })
  expect(await putDemo(server, { running: true })).toMatchObject({ status: 200, body: '{"running":true}' })
  await until(async () => (await liveDemoKeys(server)).length === DEMO_KEYS.length, 'three live streams')
  return server
}

/** Opens a viewer of all of the demo's frames. */
export async function watchDemo(server: TestServer): Promise<TestSocket> {
  const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
  viewer.ask({ type: 'watch', id: 1, label: 'demo' })
  return viewer
}

/** Receives the next frame and gives its credit. */
export async function takePicture(viewer: TestSocket): Promise<FrameMessage> {
  const frame = await viewer.nextPicture()
  viewer.ask({ type: 'credit', n: Number(frame.header.n) })
  return frame
}
