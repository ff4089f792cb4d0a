import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const ROOMS = [
  'core',
  'wire',
  'sources',
  'sinks',
  'commands',
  'store',
  'access',
  'telemetry',
  'config',
  'http',
  'features',
  'cli',
  'zeromq',
  'processes',
]

/** For each module (top-level folder): imports that are allowed and imports that are not. */
const RULES: { readonly room: string; readonly good: string[]; readonly bad: string[] }[] = [
  {
    room: 'src/core',
    good: ['./frame.ts'],
    bad: [...others('core'), '../server.ts', '../../client/x.ts', 'node:fs'],
  },
  {
    room: 'src/wire',
    good: ['./image.ts', '../core/frame.ts'],
    bad: [...others('core', 'wire'), '../server.ts', '../../web/x.ts', 'node:fs'],
  },
  {
    room: 'src/wire/bsread',
    good: ['./x.ts', '../json.ts', '../../core/frame.ts'],
    bad: [...others('core', 'wire').map((from) => `../${from}`), '../../server.ts', '../../../web/x.ts', 'node:fs'],
  },
  ...['sinks', 'store', 'access', 'telemetry', 'renditions', 'zeromq', 'processes'].map((room) => ({
    room: `src/${room}`,
    good: ['./x.ts', '../core/hub.ts', '../wire/image-header.ts', 'node:fs', 'pino'],
    bad: [...others('core', 'wire', room), '../server.ts', '../main.ts'],
  })),
  {
    room: 'src/commands',
    good: ['./x.ts', '../core/hub.ts', '../wire/image-header.ts', '../processes/x.ts', 'node:fs', 'pino'],
    bad: [...others('core', 'wire', 'commands', 'processes'), '../server.ts', '../main.ts'],
  },
  {
    room: 'src/sources',
    good: [
      './x.ts',
      '../core/hub.ts',
      '../wire/image-header.ts',
      '../zeromq/x.ts',
      '../../demo/thread-messages.ts',
      'node:fs',
    ],
    bad: [
      ...others('core', 'wire', 'sources', 'zeromq'),
      '../server.ts',
      '../main.ts',
      '../../demo/scenes.ts',
      '../../demo/worker.ts',
    ],
  },
  {
    room: 'src/sources/bsread',
    good: ['./x.ts', '../x.ts', '../../core/hub.ts', '../../wire/zmtp/x.ts', '../../zeromq/x.ts', 'node:fs'],
    bad: [...others('core', 'wire', 'sources', 'zeromq').map((from) => `../${from}`), '../../server.ts'],
  },
  {
    room: 'src/sources/cameras',
    good: ['./x.ts', '../x.ts', '../../core/hub.ts', '../../wire/nut/x.ts', '../../processes/x.ts', 'node:fs'],
    bad: [...others('core', 'wire', 'sources', 'processes').map((from) => `../${from}`), '../../server.ts'],
  },
  {
    room: 'src/sources/cameras/ffmpeg',
    good: [
      './x.ts',
      '../x.ts',
      '../rtsp/x.ts',
      '../../../core/hub.ts',
      '../../../wire/x.ts',
      '../../../processes/x.ts',
    ],
    bad: [...others('core', 'wire', 'sources', 'processes').map((from) => `../../${from}`), '../../../server.ts'],
  },
  {
    room: 'src/store/sql',
    good: ['./x.ts', '../x.ts', '../../core/account-store.ts', 'node:fs', 'kysely'],
    bad: [...others('core', 'wire', 'store').map((from) => `../${from}`), '../../server.ts', '../../main.ts'],
  },
  {
    room: 'src/sinks/socket-io',
    good: ['./x.ts', '../x.ts', '../../core/hub.ts', '../../wire/ws-frame.ts', 'node:fs', 'socket.io'],
    bad: [...others('core', 'wire', 'sinks').map((from) => `../${from}`), '../../server.ts', '../../main.ts'],
  },
  {
    room: 'src/config',
    good: ['./all-settings.ts', '../features/demo/settings.ts', 'node:fs', 'typebox'],
    bad: [...others('config'), '../features/demo/feature.ts', '../server.ts'],
  },
  {
    room: 'src/http/routes',
    good: ['../../core/hub.ts', '../../sinks/frame-sender.ts', '../../access/authenticator.ts', '../transport/app.ts'],
    bad: [
      '../../../demo/scenes.ts',
      '../../features/demo/feature.ts',
      '../../server.ts',
      '../../cli/run.ts',
      '../../main.ts',
    ],
  },
  {
    room: 'src/features/demo',
    good: ['./settings.ts', '../feature.ts', ...others('features', 'cli').map((from) => `../${from}`)],
    bad: ['../../server.ts', '../../cli/run.ts', '../../main.ts', '../../../demo/scenes.ts'],
  },
  { room: 'src/cli', good: ROOMS.map((room) => `../${room}/x.ts`), bad: ['../../demo/scenes.ts'] },
  { room: 'src', good: ROOMS.map((room) => `./${room}/x.ts`), bad: ['../demo/scenes.ts'] },
  {
    room: 'demo',
    good: [
      './x.ts',
      '../src/core/frame.ts',
      '../src/wire/annotation-fields.ts',
      'node:worker_threads',
      '@napi-rs/canvas',
    ],
    bad: [
      ...others('core', 'wire').map((from) => from.replace('../', '../src/')),
      '../src/server.ts',
      '../client/x.ts',
    ],
  },
  {
    room: 'client',
    good: ['./x.ts', '../src/core/frame.ts', '../src/wire/live-messages.ts'],
    bad: ['../src/http/app.ts', '../src/sinks/frame-sender.ts', '../src/server.ts', '../web/x.ts', 'node:fs'],
  },
  {
    room: 'client/view',
    good: ['./x.ts', '../x.ts', '../overlay/x.ts', '../../src/core/frame.ts', '../../src/wire/live-messages.ts'],
    bad: ['../../src/http/app.ts', '../../src/server.ts', '../../web/x.ts', '../../demo/scenes.ts', 'node:fs'],
  },
  {
    room: 'client/script-tag',
    good: ['./x.ts', '../emitter.ts', '../../src/core/frame.ts', '../../src/wire/live-messages.ts'],
    bad: [
      '../../src/http/app.ts',
      '../../src/sinks/frame-sender.ts',
      '../../src/server.ts',
      '../../web/x.ts',
      'node:fs',
    ],
  },
  {
    room: 'web',
    good: ['./tile.ts', '../client/x.ts', '../src/core/frame.ts', '../src/wire/live-messages.ts'],
    bad: ['../src/http/app.ts', '../src/sinks/frame-sender.ts', '../src/server.ts', '../demo/scenes.ts', 'node:fs'],
  },
  {
    room: 'web/wall',
    good: [
      './tile.ts',
      '../live/x.ts',
      '../../client/x.ts',
      '../../src/core/frame.ts',
      '../../src/wire/live-messages.ts',
    ],
    bad: [
      '../../src/http/app.ts',
      '../../src/sinks/frame-sender.ts',
      '../../src/server.ts',
      '../../demo/scenes.ts',
      'node:fs',
    ],
  },
]

/** All forms of import. */
const WAYS: Readonly<Record<string, (from: string) => string>> = {
  import: (from) => `import { thing } from '${from}'\n\nexport const made = thing\n`,
  'import type': (from) => `import type { Thing } from '${from}'\n\nexport type Made = Thing\n`,
  'export … from': (from) => `export { thing } from '${from}'\n`,
  'import()': (from) => `export const made = import('${from}')\n`,
}

let checkout: string
/** The files whose imports the linter rejected. */
let refused: Set<string>

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'belvedere-rooms-'))
  for (const name of ['biome.json', '.gitignore']) copyFileSync(join(ROOT, name), join(checkout, name))
  for (const { room, good, bad } of RULES)
    for (const from of [...good, ...bad])
      for (const [way, write] of Object.entries(WAYS)) {
        const path = join(checkout, plantedAt(room, way, from))
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, write(from))
      }
  refused = lint(checkout)
})
afterAll(() => rmSync(checkout, { recursive: true }))

describe.each(RULES)('a file in $room', ({ room, good, bad }) => {
  const planted = (from: string) => Object.keys(WAYS).map((way) => plantedAt(room, way, from))

  it(`may import ${good.join(', ')}`, () => {
    expect(good.flatMap(planted).filter((path) => refused.has(path))).toEqual([])
  })

  it(`may not import ${bad.join(', ') || 'what its own rule forbids: it has none'}`, () => {
    expect(bad.flatMap(planted).filter((path) => !refused.has(path))).toEqual([])
  })
})

function others(...allowed: string[]): string[] {
  return ROOMS.filter((room) => !allowed.includes(room)).map((room) => `../${room}/x.ts`)
}

function plantedAt(room: string, way: string, from: string): string {
  return `${room}/${`${way} ${from}`.replace(/\W+/g, '-')}.ts`
}

function lint(folder: string): Set<string> {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
  const options = ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.']
  const { stdout } = spawnSync(process.execPath, [biome, ...options], { cwd: folder, encoding: 'utf8' })
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout)
  return new Set(report.diagnostics.map(({ location }) => location.path))
}
