import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodePing, encodePong, encodeReady, encodeSubscribe, parseCommand } from './command.ts'
import { ZmtpError } from './zmtp-error.ts'

/** The body of a short frame. */
function bodyOf(frame: Uint8Array): Uint8Array {
  return frame.subarray(2)
}

describe('READY', () => {
  it('says what kind of socket it is, as libzmq does', () => {
    expect(Buffer.from(encodeReady('PULL')).toString('latin1')).toBe('\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PULL')
    expect(parseCommand(bodyOf(encodeReady('PULL')))).toEqual({
      name: 'READY',
      properties: new Map([['socket-type', 'PULL']]),
    })
  })

  it('may have other properties, whose names are in any case', () => {
    const body = Buffer.from('\x05READY\x0bSOCKET-TYPE\0\0\0\x03PUB\x08Identity\0\0\0\0\x01x\0\0\0\x02a\n', 'latin1')
    expect(parseCommand(body)).toEqual({
      name: 'READY',
      properties: new Map([
        ['socket-type', 'PUB'],
        ['identity', ''],
        ['x', 'a·'],
      ]),
    })
  })

  it.each([
    '\x0b',
    '\x0bSocket-Type',
    '\x0bSocket-Type\0\0',
    '\x01a\0\0\0\x02x',
    '\x01a\xff\xff\xff\xffx',
    '\0\0\0\0\0',
  ])('is refused with malformed properties (%j)', (data) => {
    expect(() => parseCommand(Buffer.from(`\x05READY${data}`, 'latin1'))).toThrow(
      'sends malformed properties with READY',
    )
  })
})

describe('heartbeats', () => {
  it('say how long to wait, in tenths of a second, and repeat the context', () => {
    expect(parseCommand(bodyOf(encodePing(6050)))).toEqual({ name: 'PING', ttl: 6100, context: new Uint8Array(0) })
    expect(parseCommand(bodyOf(encodePing(1e9)))).toMatchObject({ ttl: 6_553_500 })
    expect(parseCommand(Buffer.from('\x04PING\0\x0aabc'))).toEqual({
      name: 'PING',
      ttl: 1000,
      context: Buffer.from('abc'),
    })
    expect(Buffer.from(encodePong(Buffer.from('abc'))).toString('latin1')).toBe('\x04\x08\x04PONGabc')
  })

  it.each(['', '\0', `\0\0${'x'.repeat(17)}`])('are refused if they are malformed (%j)', (data) => {
    expect(() => parseCommand(Buffer.from(`\x04PING${data}`))).toThrow('sends a malformed PING')
  })
})

it('subscriptions, errors and commands that nobody knows are read', () => {
  expect(parseCommand(bodyOf(encodeSubscribe(Buffer.from('a'))))).toEqual({
    name: 'SUBSCRIBE',
    prefix: Uint8Array.of(97),
  })
  expect(parseCommand(Buffer.from('\x06CANCEL'))).toEqual({ name: 'CANCEL', prefix: Buffer.alloc(0) })
  expect(parseCommand(Buffer.from('\x05ERROR\x03400'))).toEqual({ name: 'ERROR', reason: '400' })
  expect(parseCommand(Buffer.from('\x04JOINgroup'))).toEqual({ name: '' })
})

it('whatever else comes ends with a ZmtpError or a command', () => {
  const names = fc.constantFrom('READY', 'ERROR', 'PING', 'PONG', 'SUBSCRIBE', 'CANCEL', '')
  fc.assert(
    fc.property(names, fc.uint8Array({ maxLength: 60 }), (name, data) => {
      const body = Buffer.concat([name ? Buffer.from([name.length]) : Buffer.alloc(0), Buffer.from(name), data])
      try {
        parseCommand(body)
      } catch (error) {
        expect(error).toBeInstanceOf(ZmtpError)
      }
    }),
    { numRuns: 2000 },
  )
})
