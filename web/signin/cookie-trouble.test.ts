import { expect, it } from 'vitest'
import { cookieTroubleOf } from './cookie-trouble.ts'

it.each([
  ['framed', { isFramed: true, keepsCookies: false, isHttps: true }],
  ['cookiesOff', { isFramed: false, keepsCookies: false, isHttps: true }],
  ['cookieOverHttp', { isFramed: false, keepsCookies: true, isHttps: false }],
  ['cookieDropped', { isFramed: false, keepsCookies: true, isHttps: true }],
])('a cookie that does not come back: %s', (kind, facts) => {
  expect(cookieTroubleOf(facts)).toBe(kind)
})
