import { describe, expect, it } from 'vitest'
import { parseUserAgent } from './user-agent.ts'

describe('a device by its user agent', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'Chrome',
      'Linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0',
      'Edge',
      'Windows',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'macOS'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari',
      'iPhone',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/143.0 Mobile/15E148 Safari/604.1',
      'Chrome',
      'iPad',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      'Samsung Internet',
      'Android',
    ],
  ])('%s', (agent, browser, system) => {
    expect(parseUserAgent(agent)).toEqual({ browser, system, isProgram: false })
  })

  it.each(['curl/8.9', 'python-requests/2.32', 'node', '', undefined])('that says %j is a program', (agent) => {
    expect(parseUserAgent(agent)).toEqual({ browser: undefined, system: undefined, isProgram: true })
  })

  it('may be a browser that nobody knows here', () => {
    expect(parseUserAgent('Mozilla/5.0 (Smart TV)')).toEqual({
      browser: undefined,
      system: undefined,
      isProgram: false,
    })
  })
})
