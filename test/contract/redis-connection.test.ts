import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { connect, makeClient, type RedisServer } from '../../src/store/redis/redis-client.ts'
import { RedisConnection, type RedisConnectionParts } from '../../src/store/redis/redis-connection.ts'
import { RedisFailure } from '../../src/store/redis/redis-failure.ts'
import { RedisScript } from '../../src/store/redis/redis-script.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { openConnection } from '../support/redis-connection.ts'
import { TestRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'

async function open(
  parts: Pick<RedisConnectionParts, 'server'> & Partial<RedisConnectionParts>,
  opening = openConnection,
) {
  const lines: string[] = []
  const note = (_fields: object, sentence: string) => lines.push(sentence)
  const connection = await opening({
    clock: systemClock,
    log: { error: note, warn: note, info: note },
    purpose: 'test',
    commandTimeout: 30_000,
    use: 'commands',
    ...parts,
  })
  onTestFinished(() => connection.close())
  return { connection, lines }
}

const shared = TestRedis.ofFile()

/** Waits until Redis answers, of whom that may be expected sooner than a busy machine lets it. */
const answersPing = (connection: RedisConnection) =>
  until(async () => (await connection.send(['PING'])) === 'PONG', 'an answer')

it('answers commands, and texts as bytes', async () => {
  const { connection, lines } = await open({ server: (await shared()).server })
  expect(await connection.send(['SET', 'key', Buffer.from([255, 0])])).toBe('OK')
  expect(await connection.send(['GET', 'key'])).toEqual(Buffer.from([255, 0]))
  expect(await connection.send(['GET', 'no such key'])).toBe(null)
  expect(connection.health()).toEqual({ isHealthy: true })
  expect(lines).toEqual([])
})

it('runs a script that Redis does not have yet, and again after Redis has forgotten it', async () => {
  const { connection } = await open({ server: (await shared()).server })
  const script = new RedisScript('return {KEYS[1], ARGV[1]}')
  const expected = [Buffer.from('a'), Buffer.from('b')]
  expect(await connection.run(script, [Buffer.from('a')], ['b'])).toEqual(expected)
  await connection.send(['SCRIPT', 'FLUSH'])
  expect(await connection.run(script, [Buffer.from('a')], ['b'])).toEqual(expected)
})

it('refuses in a sentence what Redis refuses, and goes on', async () => {
  const { connection } = await open({ server: (await shared()).server })
  await connection.send(['SET', 'text', 'no stream'])
  await expect(connection.send(['XADD', 'text', '*', 'a', 'b'])).rejects.toMatchObject({
    kind: 'refused',
    code: 'WRONGTYPE',
  })
  await expect(connection.send(['NONSENSE'])).rejects.toThrow(
    /^Redis at 127\.0\.0\.1:\d+ refuses a command: ERR unknown/,
  )
  expect(await connection.send(['PING'])).toBe('PONG')
})

it('fails at once while there is no Redis, and connects once there is one', async () => {
  const redis = await TestRedis.start()
  await redis.kill()
  const { connection, lines } = await open({ server: redis.server })
  await expect(connection.send(['PING'])).rejects.toMatchObject({
    kind: 'unreachable',
    message: `Redis at 127.0.0.1:${redis.port} cannot be reached: nothing listens there (is it running?)`,
  })
  let ups = 0
  connection.onUp(() => ups++)
  await redis.startAgain()
  await until(() => ups === 1, 'it is connected')
  expect(await connection.send(['PING'])).toBe('PONG')
  await until(() => lines.length > 1, 'it lasts')
  expect(lines).toEqual([expect.stringMatching(/cannot be reached/), expect.stringMatching(/is back \(test\)$/)])
})

it('counts a Redis that is frozen as away after the time limit, fails all that wait, and comes back', async () => {
  const redis = await TestRedis.start()
  const { connection } = await open({ server: redis.server, commandTimeout: 200 })
  await answersPing(connection)
  redis.freeze()
  const answers = [connection.send(['PING']), connection.send(['INCR', 'a'])]
  for (const answer of answers) await expect(answer).rejects.toMatchObject({ kind: 'timed_out' })
  expect(connection.health()).toMatchObject({ isHealthy: false, reason: expect.stringMatching(/within 200 ms\.$/) })
  redis.thaw()
  await answersPing(connection)
})

it('notices by itself that Redis is frozen', async () => {
  const redis = await TestRedis.start()
  const { connection } = await open({ server: redis.server, commandTimeout: 200 })
  redis.freeze()
  await until(() => connection.failure?.kind === 'timed_out', 'it is noticed')
  redis.thaw()
})

it.each([false, true])(
  'says that the password is missing or wrong, without repeating it (tracking: %s)',
  async (wantsTracking) => {
    const redis = await TestRedis.start(['--requirepass', 'a secret'])
    const none = await open({ server: redis.server, wantsTracking })
    expect(none.connection.failure?.message).toMatch(/wants a password \(redis\.password\)$/)
    const wrong = await open({ server: { ...redis.server, password: 'b secret' }, wantsTracking })
    expect(wrong.connection.failure?.message).toMatch(/does not accept the password/)
    expect(wrong.lines.join()).not.toContain('secret')
    const right = await open({ server: { ...redis.server, password: 'a secret' }, wantsTracking })
    expect(await right.connection.send(['PING'])).toBe('PONG')
    expect(right.connection.isTracking).toBe(wantsTracking)
    expect(right.lines).toEqual([])
  },
)

it('says which keys are modified that were read over it, each once', async () => {
  const redis = await TestRedis.start()
  const [{ connection }, client] = [await open({ server: redis.server, wantsTracking: true }), await redis.client()]
  const modified: (string | undefined)[] = []
  const stop = connection.onModified((key) => modified.push(key))
  // Their answers come after what is said of modifications before.
  const readBoth = () => connection.send(['EXISTS', 'a', 'b'])
  await readBoth()
  for (const key of ['a', 'a', 'c']) await client.sendCommand(['SET', key, 'value'])
  await connection.send(['SET', 'b', 'its own'])
  expect(await readBoth()).toBe(2)
  expect(modified).toEqual(['a', 'b'])
  await client.sendCommand(['FLUSHALL'])
  await readBoth()
  expect(modified).toEqual(['a', 'b', undefined])
  stop()
  await client.sendCommand(['SET', 'a', 'value'])
  await readBoth()
  expect(modified).toHaveLength(3)
})

it('is not read between two answers where Redis says what is modified, so nobody is woken', async () => {
  const redis = await TestRedis.start()
  const other = await redis.client()
  const client = await makeClient(redis.server, { connectTimeout: 30_000, isTracking: true })
  onTestFinished(() => client.destroy())
  const { connected, socket } = connect(client)
  await connected
  expect(socket?.remotePort).toBe(redis.port)
  await client.sendCommand(['EXISTS', ...Array.from({ length: 100 }, (_, i) => `key ${i}`)])
  socket?.pause()
  const before = socket?.bytesRead ?? 0
  for (let i = 0; i < 100; i++) await other.sendCommand(['SET', `key ${i}`, 'value'])
  const each = '>2\r\n$10\r\ninvalidate\r\n*1\r\n$5\r\nkey 0\r\n'.length
  expect((socket?.bytesRead ?? 0) - before).toBeLessThan(50 * each)
  let told = 0
  client.on('invalidate', () => told++)
  socket?.resume()
  await client.sendCommand(['PING'])
  expect(told).toBe(100)
})

it('makes no new classes for each attempt to connect, which would take all the time of a server without its Redis', async () => {
  const make = (isTracking: boolean) =>
    makeClient({ host: '127.0.0.1', port: 1, db: 0 }, { connectTimeout: 100, isTracking })
  const clients = [await make(false), await make(true), await make(false), await make(true)]
  const [first, second, ...others] = clients.map((client) => client.constructor)
  expect(others).toEqual([first, second])
})

it('says nothing of a link that is lost', async () => {
  const redis = await TestRedis.start()
  const [{ connection }, client] = [await open({ server: redis.server, wantsTracking: true }), await redis.client()]
  const modified: (string | undefined)[] = []
  connection.onModified((key) => modified.push(key))
  await connection.send(['EXISTS', 'a'])
  connection.drop(new RedisFailure('unreachable', 'dropped'))
  await client.sendCommand(['SET', 'a', 'value'])
  await until(() => connection.failure === undefined, 'it is connected again')
  await connection.send(['EXISTS', 'a'])
  expect(modified).toEqual([])
  await client.sendCommand(['SET', 'a', 'value'])
  await connection.send(['PING'])
  expect(modified).toEqual(['a'])
})

it('is away while Redis answers nothing but a refusal', async () => {
  const redis = await TestRedis.start(['--requirepass', 'a secret'])
  const { connection } = await open({ server: redis.server })
  await expect(connection.send(['PING'])).rejects.toMatchObject({ kind: 'unreachable' })
})

it('repeats nothing of a command that Redis does not know', async () => {
  const redis = await TestRedis.start(['--rename-command', 'AUTH', ''])
  const { connection, lines } = await open({ server: { ...redis.server, password: 'a secret' } })
  expect(connection.failure?.message).toMatch(/unknown command 'AUTH'$/)
  expect(lines.join()).not.toContain('secret')
})

it('that is ended again and again tries at most a second apart, and says so once', async () => {
  const redis = await TestRedis.start()
  const { connection, lines } = await open({ server: redis.server })
  const client = await redis.client()
  let ups = 0
  connection.onUp(() => {
    if (++ups < 6) void client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
  })
  await until(() => ups === 6, 'it was ended five times')
  const isBack = /is back \(test\)$/
  await until(() => isBack.test(lines.at(-1) ?? ''), 'it is back')
  // On a busy machine a connection may last for a second before it is ended: then it is lost once more.
  for (const [i, line] of lines.entries()) expect(line).toMatch(i % 2 === 0 ? /connection was lost/ : isBack)
})

it('says which command the ACL does not allow', async () => {
  const redis = await TestRedis.start('--user ann on >pw ~* +@all -xadd -ping'.split(' '))
  const { connection } = await open({ server: { ...redis.server, username: 'ann', password: 'pw' } })
  await expect(connection.send(['XADD', 'a', '*', 'b', 'c'])).rejects.toThrow(
    /does not allow it: .*xadd.*docs\/redis\.md/,
  )
  const script = new RedisScript("return redis.call('XADD', KEYS[1], '*', 'b', 'c')")
  await expect(connection.run(script, [Buffer.from('a')], [])).rejects.toThrow(/does not allow .*docs\/redis\.md/)
  expect(connection.failure).toBe(undefined)
})

/** Something that accepts connections and says nothing. */
async function silentServer(): Promise<RedisServer> {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  const address = silent.address()
  return { host: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0, db: 0 }
}

it('gives up an attempt at something that accepts connections and says nothing', async () => {
  const { connection } = await open({ server: await silentServer(), commandTimeout: 100 })
  expect(connection.failure?.kind).toBe('timed_out')
  connection.close()
})

it('does not hold up a start for long, however long Redis may take', async () => {
  const clock = { ...systemClock, after: (ms: number, action: () => void) => systemClock.after(ms / 100, action) }
  const { connection } = await open(
    { server: await silentServer(), clock, commandTimeout: 6_000_000 },
    RedisConnection.open,
  )
  expect(connection.failure?.message).toMatch(/is not connected yet$/)
})

it('lets nobody wait when it is closed', async () => {
  const redis = await shared()
  const { connection } = await open({ server: redis.server, use: 'blocking' })
  const answer = connection.send(['BLPOP', 'nothing', '0'], 10_000)
  connection.close()
  await expect(answer).rejects.toThrow('going down')
})
