import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { somebody } from '../../test/support/event-stores.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { MemoryEventStore } from '../../test/support/memory-event-store.ts'
import { EventLog } from '../core/event-log.ts'
import { systemClock } from '../telemetry/system-clock.ts'
import { CommandTurns } from './command-turns.ts'
import { configuredCommand } from './configured-command.ts'

const LOG = { error() {}, warn() {}, info() {} }

function make() {
  const clock = new ManualClock()
  const store = new MemoryEventStore({ clock, size: 10, bytes: 1e6 })
  const events = new EventLog({
    clock,
    log: LOG,
    store,
    inNextTurn: setImmediate,
    pageSize: 100,
    pageBytes: 1e6,
    eventsPerMinute: 1e6,
  })
  const turns = new CommandTurns({ max: 1, share: 1 })
  const commandOf = (definition: unknown, name = 'gate') =>
    configuredCommand(name, definition, {
      events,
      turns,
      clock: systemClock,
      maxBytes: 1000,
      grace: 1000,
      checkProgram() {},
    })
  return { events, commandOf }
}

/** Carries out a command with these parameters, as somebody who may do everything. */
async function resultOf(definition: object, params: Record<string, string | number>) {
  const { events, commandOf } = make()
  const command = commandOf({ description: 'x', ...definition })
  const { principal } = somebody()
  const target = command.targetOf(params, principal) ?? {}
  const { signal } = new AbortController()
  const result = await command.execute({ params, principal, target, client: 'ann', signal, begin() {} })
  return { result, events: (await events.read(principal)).events }
}

it('an event has the label and key of the command, and values of their own type', async () => {
  const { result, events } = await resultOf(
    {
      label: '{site}',
      key: 'gate',
      params: { site: { type: 'string' }, seconds: { type: 'integer' } },
      required: ['site', 'seconds'],
      event: { type: 'GATE', priority: 'HIGH', data: { seconds: '{seconds}', text: 'for {seconds} s' } },
    },
    { site: 'North', seconds: 5 },
  )
  const [event] = events
  expect(result).toEqual({ event_id: event?.id, timestamp: 1_800_000_000, stored: true })
  expect(event).toMatchObject({
    type: 'GATE',
    source: 'gate',
    priority: 'HIGH',
    label: 'North',
    key: 'gate',
    data: { seconds: 5, text: 'for 5 s' },
  })
})

it('what a program writes is a text, or JSON if it is an object or a list', async () => {
  const echo = (text: string) => resultOf({ program: { path: '/bin/echo', args: [text] } }, {})
  expect((await echo('042')).result).toEqual({ exit_code: 0, output: '042' })
  expect((await echo('{"gate":["open"]}')).result).toEqual({ exit_code: 0, output: { gate: ['open'] } })
  expect((await echo('{"gate":')).result).toEqual({ exit_code: 0, output: '{"gate":' })
})

it.each([
  ['{door}', { type: 'string' }, 'a', 'a'],
  ['{door}', { type: 'string' }, '-rf', undefined],
  ['{door}', { type: 'string', pattern: 'rf' }, '-rf', undefined],
  ['{door}', { type: 'string', pattern: '^-rf$' }, '-rf', '-rf'],
  ['{door}', { type: 'string', pattern: '^a|rf' }, '-rf', undefined],
  ['{door}', { type: 'string', enum: ['-rf'] }, '-rf', '-rf'],
  ['{door}.txt', { type: 'string' }, '-rf', undefined],
  ['{door}-rf', { type: 'string' }, '', undefined],
  ['{door}', { type: 'integer' }, -5, undefined],
  ['{door}', { type: 'integer', minimum: -10 }, -5, '-5'],
  ['--door={door}', { type: 'string' }, '-rf', '--door=-rf'],
])('the argument %s with a parameter %j is, for %j, %j', async (arg, schema, door, expected) => {
  const definition = { params: { door: schema }, required: ['door'], program: { path: '/bin/echo', args: ['is', arg] } }
  const running = resultOf(definition, { door })
  if (expected === undefined)
    await expect(running).rejects.toMatchObject({ code: 'invalid', message: 'door: must not begin with "-"' })
  else expect((await running).result).toEqual({ exit_code: 0, output: `is ${expected}` })
})

it('those in docs/commands.md are right', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')
  const { commands } = parse(/```yaml\n(.*?)```/s.exec(text)?.[1] ?? '')
  const { commandOf } = make()
  const names = Object.entries(commands.custom).map(([name, definition]) => commandOf(definition, name).name)
  expect(names).toEqual(['open_gate', 'all_clear', 'restart_recorder'])
})

it('the lowest role is that whose right it needs, admin if none is given', () => {
  const { commandOf } = make()
  const event = { type: 'X' }
  const actionOf = (role?: string) => commandOf({ description: 'x', ...(role && { role }), event }).action
  expect([actionOf('user'), actionOf('model_manager'), actionOf('admin'), actionOf()]).toEqual([
    'command',
    'edit_cameras',
    'administer',
    'administer',
  ])
})

it('is in the list of those who may give it with some parameters', () => {
  const { commandOf } = make()
  const of = (more: object) => commandOf({ description: 'x', role: 'user', event: { type: 'X' }, ...more })
  const params = { site: { type: 'string' } }
  const commands = [of({}), of({ label: 'North' }), of({ label: '{site}', params, required: ['site'] })]
  const may = (labels?: string[]) => commands.map((command) => command.isFor(somebody(['command'], labels).principal))
  expect(may()).toEqual([true, true, true])
  expect(may(['North'])).toEqual([false, true, true])
  expect(may(['South'])).toEqual([false, false, true])
})

const EVENT = { description: 'x', event: { type: 'X' } }
const PROGRAM = { description: 'x', program: { path: '/bin/echo' } }

it.each([
  [null, 'must be object'],
  [{}, 'description is required'],
  [{ description: 'x' }, 'must have one of http, event and program, not none'],
  [{ ...EVENT, program: PROGRAM.program }, 'must have one of http, event and program, not event and program'],
  [{ ...EVENT, rolle: 'user' }, 'there is no field rolle'],
  [{ ...EVENT, role: 'guest' }, 'role: must be one of user, model_manager, admin'],
  [{ ...EVENT, timeout_s: 0 }, 'timeout_s: must be >= 0.1'],
  [{ ...EVENT, key: 'x' }, 'key: only together with a label'],
  [{ ...EVENT, label: 'a\nb' }, 'label: must not contain control characters'],
  [{ ...EVENT, event: { type: 'X', prio: 'HIGH' } }, 'event: there is no field prio'],
  [{ ...EVENT, event: { type: ' ' } }, 'event.type: must not be empty'],
  [{ ...EVENT, event: { type: 'X', data: { a: '{door}' } } }, '{door}: there is no such parameter'],
  [{ ...EVENT, label: '{site}' }, '{site}: there is no such parameter'],
  [{ ...EVENT, label: '{site}', params: { site: { type: 'string' } } }, '{site}: must be required, or have a default'],
  [{ ...EVENT, required: ['x'] }, 'required: there is no parameter x'],
  [{ ...EVENT, params: { 'a-b': { type: 'string' } } }, 'params: a-b is no name'],
  [{ ...EVENT, params: { a: { type: 'text' } } }, 'params.a.type: must be one of string, integer, number, boolean'],
  [{ ...EVENT, params: { a: { type: 'string', pattern: '(' } } }, 'params.a.pattern: Invalid regular expression'],
  [{ ...EVENT, params: { a: { type: 'string', minimum: 0 } } }, 'params.a.minimum: is for a number'],
  [{ ...EVENT, params: { a: { type: 'integer', pattern: '^5$' } } }, 'params.a.pattern: is for a string'],
  [{ ...EVENT, params: { a: { type: 'boolean', maximum: 5 } } }, 'params.a.maximum: is for a number'],
  [{ ...EVENT, params: { a: { type: 'integer', enum: ['1'] } } }, 'params.a.enum: must be of the type integer'],
  [
    { ...EVENT, params: { a: { type: 'integer', minimum: 5, maximum: 3 } } },
    'params.a.maximum: must not be below minimum',
  ],
  [
    { ...EVENT, params: { a: { type: 'string', minLength: 5, maxLength: 3 } } },
    'params.a.maxLength: must not be below minLength',
  ],
  [{ ...EVENT, params: { a: { type: 'string', max: 5 } } }, 'params.a: there is no field max'],
  [{ ...EVENT, params: { a: { type: 'integer', default: 'x' } } }, 'a.default: must be allowed by its own schema'],
  [{ ...PROGRAM, program: { path: 'echo' } }, 'program.path: must be absolute, such as /usr/local/bin/gate'],
  [{ ...PROGRAM, program: { path: '/bin/echo', args: 'x' } }, 'program.args: must be array'],
  [{ ...PROGRAM, program: { path: '/bin/echo', args: ['a\0'] } }, 'program.args: must not contain NUL'],
  [{ ...PROGRAM, program: { path: '/bin/echo', args: ['{x}'] } }, '{x}: there is no such parameter'],
  [
    { description: 'x', http: { url: 'http://a/', headers: { 'X-A': '1', 'x-a': '2' } } },
    'http.headers: x-a is there twice',
  ],
  [{ description: 'x', http: { url: 'http://a:%zz@b/' } }, 'http.url: a % in the user or password must be written %25'],
  [{ description: 'x', http: { url: 'http://{x}/' } }, 'http.url: parameters may stand in the path and the query only'],
])('a definition %j is wrong: %s', (definition, message) => {
  expect(() => make().commandOf(definition)).toThrow(message)
})

it.each(['Gate', '1gate', 'open-gate', '', 'x'.repeat(65), '__proto__'])('no command is named "%s"', (name) => {
  expect(() => make().commandOf(EVENT, name)).toThrow('its name must begin with a small letter')
})
