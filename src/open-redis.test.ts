import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { loadConfig } from './config/load-config.ts'
import { redisServer, usesRedis } from './open-redis.ts'

function load(env: Record<string, string>, ...argv: string[]) {
  return loadConfig({ argv, env, cwd: tmpdir(), root: '/nowhere' })
}

it.each([
  [{}, false],
  [{ REDIS_URL: 'redis://box' }, true],
  [{ REDIS_HOST: 'box' }, true],
  [{ REDIS_PORT: '6380' }, true],
  [{ REDIS_PASSWORD: 'secret' }, true],
  [{ REDIS_PASSWORD: '' }, false],
  [{ BELVEDERE_STORE: 'redis' }, true],
  [{ BELVEDERE_STORE: 'memory', REDIS_HOST: 'box' }, false],
])('%j: Redis is used: %s', (env, expected) => {
  expect(usesRedis(load(env))).toBe(expected)
})

it('is looked for on this machine if nothing says where it is', () => {
  expect(redisServer(load({}))).toEqual({ host: '127.0.0.1', port: 6379, db: 0 })
})

it.each([
  ['redis://box', { host: 'box', port: 6379, db: 0 }],
  ['redis://box:6380/3', { host: 'box', port: 6380, db: 3 }],
  ['redis://:p%40ss%23@box', { host: 'box', port: 6379, db: 0, password: 'p@ss#' }],
  ['redis://ann:100%25@[::1]:7000', { host: '::1', port: 7000, db: 0, username: 'ann', password: '100%' }],
  ['redis://ann:100%!@box', { host: 'box', port: 6379, db: 0, username: 'ann', password: '100%!' }],
  ['rediss://box', { host: 'box', port: 6379, db: 0, tls: {} }],
])('%s is read', (url, expected) => {
  expect(redisServer(load({ REDIS_URL: url }))).toEqual(expected)
})

it('takes the password from its own setting if the URL has none', () => {
  const given = { REDIS_URL: 'redis://box', REDIS_PASSWORD: 'secret', REDIS_HOST: 'other' }
  expect(redisServer(load(given))).toMatchObject({ host: 'box', password: 'secret' })
})

it.each([['redis://:se#cret@box'], ['redis://'], ['redis://ann:secret@box/first']])(
  '%s is refused without being repeated',
  (url) => {
    expect(() => redisServer(load({ REDIS_URL: url }))).toThrow(/^redis\.url cannot be used: (?!.*(cret|first@|box))/)
  },
)

it('refuses a URL of something else without repeating it', () => {
  expect(() => load({ REDIS_URL: 'http://ann:secret@box' })).toThrow(
    /^redis\.url must be an address such as (?!.*secret)/,
  )
})

it('says which certificate cannot be read', () => {
  const config = load({ REDIS_URL: 'rediss://box' }, '--redis.tls.ca=/nowhere/ca.pem')
  expect(() => redisServer(config)).toThrow(/^redis\.tls\.ca cannot be read: .*ENOENT/)
})
