import { expect, it } from 'vitest'
import { connectionProblemOf } from './connection-problem.ts'

it.each([
  ['302', 'a proxy in between wants a sign-in of its own (status 302)'],
  ['401', 'a proxy in between wants a sign-in of its own (status 401)'],
  ['404', 'A proxy in between must pass on WebSockets'],
  ['502', 'a proxy does not reach the server, or the server has no room (status 502)'],
])('an answer of status %s in place of a WebSocket is told with what to do', (status, told) => {
  expect(connectionProblemOf(`Unexpected server response: ${status}`)).toContain(told)
})

it('what the machine says of a connection is passed on', () => {
  expect(connectionProblemOf('connect ECONNREFUSED 127.0.0.1:8000')).toBe('connect ECONNREFUSED 127.0.0.1:8000')
})
