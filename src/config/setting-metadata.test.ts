import { expect, it } from 'vitest'
import { allowed, SETTINGS } from './setting-metadata.ts'

const settings = [...SETTINGS.values()]

const MAY_BE_ABSENT = [
  'source_host',
  'source_port',
  'store',
  'publish_key',
  'admin_password',
  'access.anonymous',
  'tokens.secret',
  'http.static_dir',
  'instruments.default',
  'streaming.camera',
  'http.tls.cert',
  'http.tls.key',
  'redis.url',
  'redis.host',
  'redis.port',
  'redis.username',
  'redis.password',
  'redis.tls.ca',
  'redis.tls.cert',
  'redis.tls.key',
  'line.channel_secret',
  'line.channel_access_token',
  'page.custom_css',
  'renditions.threads',
  'uploads.dir',
]

it('every setting has a name of its own in the environment', () => {
  const names = settings.flatMap(({ variable, alias }) => [variable, ...(alias ? [alias.variable] : [])])
  expect(new Set(names).size).toBe(names.length)
  expect(SETTINGS.get('http.body_bytes')?.variable).toBe('BELVEDERE_HTTP_BODY_BYTES')
})

it('an alias is the name of no other setting', () => {
  const paths = settings.flatMap(({ alias }) => alias?.path ?? [])
  expect(paths).toContain('events.buffer')
  expect(paths.filter((path) => SETTINGS.has(path))).toEqual([])
})

it.each(settings)('$path is described, bounded, and has a default that it accepts', ({ path, facts, accepts }) => {
  expect(facts.description).toMatch(/^[A-Z].*\.$/)
  expect(allowed(facts)).not.toMatch(/undefined|texts$/)
  if (!MAY_BE_ABSENT.includes(path)) expect(accepts(facts.default)).toBe(true)
})
