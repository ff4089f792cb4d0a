import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { httpSettings } from '../config/groups/http.ts'
import { BasePaths } from './base-path.ts'

function requestWith(prefix?: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  if (prefix !== undefined) request.headers['x-forwarded-prefix'] = prefix
  return request
}

/** What a trusted proxy’s header makes of a server that is configured so. */
const of = (prefix?: string, configured = '') => new BasePaths(configured, () => true).of(requestWith(prefix))

describe('the base path', () => {
  it('is what the setting says, without a slash at its end', () => {
    expect(of(undefined, '/cameras/')).toBe('/cameras')
    expect(of(undefined, '/a/b')).toBe('/a/b')
    expect(of()).toBe('')
    expect(of(undefined, '/')).toBe('')
  })

  it('is rather what a trusted proxy says it has taken off, and all of it where several have', () => {
    expect(of('/cameras', '/x')).toBe('/cameras')
    expect(of('/cameras/')).toBe('/cameras')
    expect(of('/a, /b/c')).toBe('/a/b/c')
    expect(of('/', '/x')).toBe('/x')
    expect(new BasePaths('/x', () => false).of(requestWith('/cameras'))).toBe('/x')
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'cameras',
    '/../x',
    '/a/./b',
    '/a//b',
    '/a b',
    '/a"><script>',
    '/a;Path=/b',
    '/a?b',
    '/a#b',
    '/%2f%2fevil.example',
    '/a, //evil.example',
    `/${'a'.repeat(600)}`,
  ])('is nothing of a header that is no plain path: %s', (prefix) => {
    expect(of(prefix)).toBe('')
  })

  it('is safe in a Location, in HTML and in a cookie, whatever a header says', () => {
    const piece = fc.constantFrom('/', '.', '..', 'a', ',', ' ', '\\', '%2e', '//', '"', '<', ';', '\t', 'é')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((pieces) => pieces.join('')),
          fc.string(),
        ),
        (prefix) => {
          const base = of(prefix)
          expect(base).toMatch(/^(\/[\w.~-]+)*$/)
          expect(new URL(`${base}/x`, 'https://host').href).toBe(`https://host${base}/x`)
        },
      ),
    )
  })

  it('follows the pattern that the setting has', () => {
    const pattern = String(Reflect.get(httpSettings.properties.base_path, 'pattern'))
    const piece = fc.constantFrom('/', '.', 'a', '-', '~', '%', '//')
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (path) => {
          const isTaken = of(path, '/x') !== '/x'
          expect(isTaken).toBe(new RegExp(pattern).test(path) && path !== '' && path !== '/')
        },
      ),
    )
  })
})

describe('the path of a request', () => {
  const strip = (url: string, base = '/cameras') => new BasePaths(base, () => true).strip(url)

  it.each([
    ['/cameras', '/'],
    ['/cameras/', '/'],
    ['/cameras?label=a', '/?label=a'],
    ['/cameras/watch/a/b?c', '/watch/a/b?c'],
    ['/cameras2/x', '/cameras2/x'],
    ['/watch/a/b', '/watch/a/b'],
    ['//cameras/x', '//cameras/x'],
  ])('below the base path, %s is %s, as of a proxy that has taken it off', (url, path) => {
    expect(strip(url)).toBe(path)
  })

  it('is left alone where there is no base path', () => {
    expect(strip('/cameras/x', '')).toBe('/cameras/x')
  })
})
