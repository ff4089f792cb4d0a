import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { strangeHostProblem } from './dns-rebinding.ts'

function problemOf(host: string | undefined, allowed: readonly string[] = []): string | undefined {
  const request = new IncomingMessage(new Socket())
  if (host !== undefined) request.headers = { host }
  return strangeHostProblem(request, allowed)
}

it.each(['localhost', 'LOCALHOST:8000', 'cams.localhost', '127.0.0.1:8000', '127.1.2.3', '[::1]:8000'])(
  'a request to %s names this machine',
  (host) => {
    expect(problemOf(host)).toBeUndefined()
  },
)

it.each([undefined, '', 'evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'notlocalhost', '[::2]'])(
  'a request to %s may come from a page whose name an attacker points at this machine',
  (host) => {
    expect(problemOf(host)).toContain('Host:')
  },
)

it('names that the operator allows are this machine as well', () => {
  expect(problemOf('Cams.example.org:8000', ['cams.example.org'])).toBeUndefined()
  expect(problemOf('evil.cams.example.org', ['cams.example.org'])).toBeDefined()
})
