import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { strangeHostProblem } from './dns-rebinding.ts'

function problemOf(
  host: string | undefined,
  { allowedHosts = [], forwardedHost, isFromProxy = false }: Partial<Asked> = {},
): string | undefined {
  const request = new IncomingMessage(new Socket())
  if (host !== undefined) request.headers.host = host
  if (forwardedHost !== undefined) request.headers['x-forwarded-host'] = forwardedHost
  return strangeHostProblem(request, { allowedHosts, isFromProxy: () => isFromProxy })
}

interface Asked {
  readonly allowedHosts: readonly string[]
  readonly forwardedHost: string
  readonly isFromProxy: boolean
}

it.each([
  'localhost',
  'LOCALHOST:8000',
  'cams.localhost',
  '127.0.0.1:8000',
  '127.1.2.3',
  '[::1]:8000',
  '192.168.1.20:8000',
  '[2001:db8::1]',
])('no page can have the name %s pointed at this server', (host) => {
  expect(problemOf(host)).toBeUndefined()
})

it.each([
  undefined,
  '',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'notlocalhost',
  '1.2.3',
  '[evil.example]',
  '::1',
])('a request to %s may come from a page whose name an attacker points at this server', (host) => {
  expect(problemOf(host)).toMatch(/^Host: .*http\.allowed_hosts/)
})

it('names that the operator allows are those of this server as well', () => {
  const allowedHosts = ['cams.example.org']
  expect(problemOf('Cams.example.org:8000', { allowedHosts })).toBeUndefined()
  expect(problemOf('evil.cams.example.org', { allowedHosts })).toBeDefined()
})

it('the name that a proxy serves counts when the proxy is trusted', () => {
  const forwardedHost = 'cams.example.org'
  expect(problemOf('cams.example.org', { forwardedHost, isFromProxy: true })).toBeUndefined()
  expect(problemOf('cams.example.org', { forwardedHost })).toBeDefined()
  expect(problemOf('cams.example.org', { isFromProxy: true })).toBeDefined()
})
