import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SETTINGS, GROUPS as TABLES } from './setting-metadata.ts'

const ROOT = join(import.meta.dirname, '../..')
const GROUPS =
  'access|cameras(?!\\.key\\b)|commands|events|frames|http|instruments|labels|limits|line|redis|renditions|streaming|streams|tokens|uploads|viewers|webhook'
const NAME = new RegExp(`\\b(?:${GROUPS})(?:\\.(?!db\\b)[a-z_]+)+\\b`, 'g')

/** All names of settings in the limits section of docs/security.md; `.name` continues the group before it. */
function namesInTable(): string[] {
  const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  const section = /^## Limits$([\s\S]*?)^## /m.exec(text)?.[1] ?? ''
  const names: string[] = []
  for (const row of section.split('\n')) {
    let group = ''
    for (const [, name = ''] of row.matchAll(/`(\.?[a-z_]+(?:\.[a-z_]+)*)`/g)) {
      if (name.startsWith('.')) names.push(group + name)
      else if (name.match(NAME)) {
        names.push(name)
        group = name.slice(0, name.lastIndexOf('.'))
      }
    }
  }
  return names
}

/** The names of settings that the source gives as the limit that was reached. */
function namesInSource(): string[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  return sources.flatMap((file) => {
    const text = readFileSync(join(ROOT, 'src', file), 'utf8')
    return [...text.matchAll(/(?<!alias: )'([a-z]+(?:\.[a-z_]+)+)'/g)].flatMap(
      ([, name = '']) => name.match(NAME) ?? [],
    )
  })
}

it('every limit that a refusal, the metrics or the table of limits names is a setting', () => {
  const names = new Set([...namesInTable(), ...namesInSource()])
  expect(names.size).toBeGreaterThan(40)
  const isKnown = (path: string) => SETTINGS.has(path) || TABLES.some(({ name }) => name === path)
  expect([...names].filter((name) => !isKnown(name))).toEqual([])
})

it('every limit that the source names is in the table of limits', () => {
  const table = new Set(namesInTable())
  const missing = new Set(namesInSource().filter((name) => !table.has(name)))
  expect([...missing].filter((name) => !NOT_A_LIMIT.has(name))).toEqual([])
})

/** Settings that are named for another reason. */
const NOT_A_LIMIT = new Set([
  'cameras.addresses',
  'cameras.addresses.allowed',
  'cameras.addresses.refused',
  'instruments.default',
  'streaming.camera',
  'streams.stale_after_ms',
  'streams.offline_after_s',
  'streams.forget_after_s',
  'viewers.idle_ping_s',
  'viewers.dead_after_s',
  'http.tls.cert',
  'http.tls.key',
  'redis.tls.ca',
  'redis.tls.cert',
  'redis.tls.key',
])
