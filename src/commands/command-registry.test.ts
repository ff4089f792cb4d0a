import { describe, expect, it } from 'vitest'
import { somebody as anybody } from '../../test/support/event-stores.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { type Action, may } from '../core/authorization.ts'
import { CommandRate } from '../core/command-rate.ts'
import type { CommandCall } from '../core/commands.ts'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { type Command, CommandFailure, type Execution } from './command.ts'
import { CommandParams } from './command-params.ts'
import { CommandRegistry } from './command-registry.ts'

/** Somebody who may do something to one label. */
function somebody(id: string, action: Action = 'command', label = 'North') {
  const { principal, end } = anybody([action], [label])
  return { principal: { ...principal, id }, end }
}

/** A registry with a command "open" of North that goes on as the test says. */
function make({ underWay = { max: 10, share: 5 }, perMinute = 100 } = {}) {
  const clock = new ManualClock()
  const noted: string[] = []
  const logged: object[] = []
  const log = (fields: object) => logged.push(fields)
  const registry = new CommandRegistry({
    clock,
    log: { error: log, warn: log, info: log },
    audit: {
      note: ({ who, address }, { action, target, outcome, detail }) =>
        noted.push([who, address, action, target, outcome, detail].join(' | ')),
    },
    commandRate: new CommandRate(perMinute, clock),
    clientOf: ({ id }) => id,
    rules: { timeout: 25_000, paramBytes: 200, underWay },
  })
  const executions: Execution[] = []
  const ends: PromiseWithResolvers<Record<string, string>>[] = []
  const open: Command = {
    name: 'open',
    description: 'Opens.',
    params: new CommandParams({ pin: { type: 'string', writeOnly: true }, seconds: { type: 'integer', minimum: 1 } }),
    action: 'command',
    isFor: (principal) => may(principal, 'command', { label: 'North' }),
    targetOf: () => ({ label: 'North', key: 'gate' }),
    async execute(execution) {
      const end = Promise.withResolvers<Record<string, string>>()
      executions.push(execution)
      ends.push(end)
      return end.promise
    },
  }
  registry.add(open)
  const call = (principal: Principal, more: Partial<CommandCall> = {}): CommandCall => ({
    principal,
    address: '203.0.113.5',
    ...more,
  })
  const { principal, end } = somebody('ann')
  return { registry, clock, noted, logged, executions, ends, open, call, principal, end }
}

const refusal = (code: string, message: unknown = expect.any(String)) => expect.objectContaining({ code, message })

describe('a command', () => {
  it('is done, returns its result, and is recorded without secrets', async () => {
    const { registry, noted, executions, ends, call, principal } = make()
    const result = registry.run('open', { pin: '1234', seconds: 5 }, call(principal))
    expect(executions[0]).toMatchObject({
      params: { pin: '1234', seconds: 5 },
      target: { label: 'North', key: 'gate' },
    })
    executions[0]?.begin()
    ends[0]?.resolve({ gate: 'open' })
    expect(await result).toEqual({ gate: 'open' })
    const { name } = principal
    expect(noted).toEqual([`${name} | 203.0.113.5 | command | open North/gate | ok | {"pin":"***","seconds":5}`])
  })

  it('is recorded without passwords in addresses', () => {
    const params = new CommandParams({ url: { type: 'string' } })
    expect(params.shown({ url: 'rtsp://ann:secret@camera/1' })).toBe('{"url":"rtsp://ann:***@camera/1"}')
    expect(params.shown({})).toBe('')
  })

  it('may have no parameters, also as null', async () => {
    const { registry, ends, call, principal } = make()
    const results = [undefined, null, {}].map((params) => registry.run('open', params, call(principal)))
    for (const end of ends) end.resolve({})
    expect(await Promise.all(results)).toEqual([{}, {}, {}])
  })

  it.each([
    [5, 'params: must be an object'],
    ['open', 'params: must be an object'],
    [[], 'params: must be an object'],
    [{ seconds: '5' }, 'seconds: must be a whole number, at least 1'],
    [{ seconds: 0 }, 'seconds: must be a whole number, at least 1'],
    [{ seconds: null }, 'seconds: must be a whole number, at least 1'],
    [{ second: 5 }, 'second: there is no such parameter'],
    [{ pin: '\0' }, 'pin: must not contain NUL or a lone surrogate'],
    [JSON.parse(`{"pin":${'['.repeat(30)}${']'.repeat(30)}}`), 'params: nests deeper than 20 levels'],
  ])('is refused with %j', async (params, message) => {
    const { registry, noted, executions, call, principal } = make()
    await expect(registry.run('open', params, call(principal))).rejects.toEqual(refusal('invalid', message))
    expect([executions.length, noted.length, noted[0]?.includes('refused')]).toEqual([0, 1, true])
  })

  it('is refused with parameters that are too large, by their bytes and by their number', async () => {
    const { registry, call, principal } = make()
    for (const params of [{ pin: 'é'.repeat(150) }, { pin: Array.from({ length: 300 }, () => 0) }])
      await expect(registry.run('open', params, call(principal))).rejects.toMatchObject({
        code: 'too_large',
        limit: 'commands.param_bytes',
      })
  })

  it('that does not exist is not found, however long its name is', async () => {
    const { registry, noted, call, principal } = make()
    await expect(registry.run('shut', {}, call(principal))).rejects.toEqual(
      refusal('not_found', 'Unknown command: shut'),
    )
    await expect(registry.run('x'.repeat(1e6), {}, call(principal))).rejects.toEqual(refusal('not_found'))
    await expect(registry.run('constructor', {}, call(principal))).rejects.toEqual(refusal('not_found'))
    expect(noted.every((line) => line.length < 300)).toBe(true)
  })

  it('is counted with all others, and too many are refused', async () => {
    const { registry, clock, call, principal } = make({ perMinute: 1 })
    await expect(registry.run('shut', {}, call(principal))).rejects.toEqual(refusal('not_found'))
    await expect(registry.run('shut', {}, call(principal))).rejects.toMatchObject({
      code: 'limited',
      limit: 'limits.commands_per_minute',
    })
    clock.advance(60_000)
    await expect(registry.run('shut', {}, call(principal))).rejects.toEqual(refusal('not_found'))
  })

  it('is one of so many under way, of one client and of all, until it has ended', async () => {
    const { registry, ends, call, principal } = make({ underWay: { max: 3, share: 2 } })
    const other = somebody('ben').principal
    const first = registry.run('open', {}, call(principal))
    void registry.run('open', {}, call(principal))
    await expect(registry.run('open', {}, call(principal))).rejects.toMatchObject({
      code: 'limited',
      limit: 'commands.under_way_per_client',
    })
    void registry.run('open', {}, call(other))
    await expect(registry.run('open', {}, call(other))).rejects.toMatchObject({
      code: 'exhausted',
      limit: 'commands.under_way',
    })
    ends[0]?.resolve({})
    await first
    void registry.run('open', {}, call(other))
    expect(ends).toHaveLength(4)
  })

  it('that fails says why; a failure of ours is in the log alone', async () => {
    const { registry, logged, noted, ends, call, principal } = make()
    const results = [1, 2].map(() => registry.run('open', {}, call(principal)))
    ends[0]?.reject(new CommandFailure('it is stuck.', { stderr: 'rust' }))
    ends[1]?.reject(new Error('a password'))
    await expect(results[0]).rejects.toEqual(refusal('unavailable', 'open failed: it is stuck.'))
    await expect(results[1]).rejects.toEqual(refusal('unavailable', 'open failed: the log says more.'))
    expect(logged).toEqual([
      { command: 'open', reason: 'it is stuck.', stderr: 'rust' },
      { command: 'open', err: new Error('a password') },
    ])
    expect(noted.map((line) => line.split(' | ')[4])).toEqual(['failed', 'failed'])
  })
})

describe('the right', () => {
  it('that ends while it is done withholds the result, but what was done is recorded as done', async () => {
    const { registry, noted, ends, call, principal, end } = make()
    const result = registry.run('open', { seconds: 5 }, call(principal))
    end()
    ends[0]?.resolve({ opened: 'yes' })
    await expect(result).rejects.toEqual(refusal('unauthenticated'))
    expect(noted).toEqual(['somebody | 203.0.113.5 | command | open North/gate | ok | {"seconds":5}'])
  })

  it('is asked for at the start: of the action, and of what the command applies to', async () => {
    const { registry, noted, executions, call } = make()
    const guest = somebody('gus', 'view').principal
    const south = somebody('sam', 'command', 'South').principal
    for (const principal of [guest, south])
      await expect(registry.run('open', {}, call(principal))).rejects.toEqual(refusal('forbidden'))
    expect([executions.length, noted.length]).toEqual([0, 2])
    expect([registry.list(guest), registry.list(south)]).toEqual([[], []])
    expect(registry.list(somebody('ann').principal)).toEqual([
      { name: 'open', description: 'Opens.', params: expect.objectContaining({ type: 'object', required: [] }) },
    ])
  })

  it('is asked for again before the deed, and before the result is given', async () => {
    const { registry, executions, ends, call, principal, end } = make()
    const results = [1, 2].map(() => registry.run('open', {}, call(principal)))
    executions[1]?.begin()
    end()
    expect(() => executions[0]?.begin()).toThrow('No longer allowed: signed out.')
    executions[0]?.signal.throwIfAborted()
    ends[0]?.reject(new Refusal('unauthenticated', 'x'))
    ends[1]?.resolve({ secret: 'x' })
    for (const result of results) await expect(result).rejects.toEqual(refusal('unauthenticated'))
  })
})

describe('the time', () => {
  it('that is over before a command has begun lets it not be done any more', async () => {
    const { registry, clock, executions, call, principal } = make()
    const result = registry.run('open', {}, call(principal))
    clock.advance(24_999)
    expect(executions[0]?.signal.aborted).toBe(false)
    clock.advance(1)
    const message = 'open could not begin within 25 s and was not done.'
    await expect(result).rejects.toEqual(refusal('unavailable', message))
    expect(() => executions[0]?.begin()).toThrow(message)
  })

  it('that is over stops what has begun', async () => {
    const { registry, clock, executions, call, principal } = make()
    const result = registry.run('open', {}, call(principal))
    executions[0]?.begin()
    clock.advance(25_000)
    expect(executions[0]?.signal.aborted).toBe(true)
    const message = 'open took longer than 25 s and was stopped; some of it may have been done.'
    await expect(result).rejects.toEqual(refusal('unavailable', message))
  })

  it('is of no use to a caller who has gone, unless the command has begun', async () => {
    const { registry, executions, ends, call, principal } = make()
    const gone = new AbortController()
    const results = [1, 2].map(() => registry.run('open', {}, call(principal, { signal: gone.signal })))
    executions[1]?.begin()
    gone.abort()
    expect(() => executions[0]?.begin()).toThrow('Whoever gave the command has gone.')
    ends[1]?.resolve({ gate: 'open' })
    await expect(results[0]).rejects.toEqual(refusal('unavailable'))
    expect(await results[1]).toEqual({ gate: 'open' })
    await expect(registry.run('open', {}, call(principal, { signal: gone.signal }))).rejects.toEqual(
      refusal('unavailable'),
    )
    expect(executions).toHaveLength(2)
  })

  it('of the server that is over ends what is under way, waits for it, and refuses what comes', async () => {
    const { registry, executions, ends, call, principal } = make()
    const result = registry.run('open', {}, call(principal))
    let isClosed = false
    const closed = registry.close().then(() => {
      isClosed = true
    })
    await expect(result).rejects.toEqual(refusal('unavailable', 'The server is shutting down.'))
    expect([executions[0]?.signal.aborted, isClosed]).toEqual([true, false])
    ends[0]?.resolve({})
    await closed
    await expect(registry.run('open', {}, call(principal))).rejects.toEqual(refusal('unavailable'))
  })
})
