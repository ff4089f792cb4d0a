import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chunked, chunking } from '../../../test/support/chunks.ts'
import { encodeGreeting, GREETING_BYTES, type Greeting, GreetingReader } from './greeting.ts'
import { ZmtpError } from './zmtp-error.ts'

function read(chunks: readonly Uint8Array[]): { greeting: Greeting | undefined; taken: number } {
  const reader = new GreetingReader()
  let taken = 0
  let greeting: Greeting | undefined
  for (const chunk of chunks) {
    if (greeting) break
    const result = reader.read(chunk)
    taken += result.taken
    greeting = result.greeting
  }
  return { greeting, taken }
}

/** Our own with other bytes at some places. */
function greetingWith(bytes: Readonly<Record<number, number | string>>): Uint8Array {
  const greeting = encodeGreeting()
  for (const [at, value] of Object.entries(bytes))
    greeting.set(typeof value === 'number' ? [value] : Buffer.from(value), Number(at))
  return greeting
}

it('says ZMTP 3.1 without encryption', () => {
  const greeting = encodeGreeting()
  expect(greeting).toHaveLength(GREETING_BYTES)
  expect(Buffer.from(greeting).toString('latin1', 0, 17)).toBe('\xff\0\0\0\0\0\0\0\0\x7f\x03\x01NULL\0')
})

it('is read in any pieces, and no further than it goes', () => {
  fc.assert(
    fc.property(chunking, fc.uint8Array({ maxLength: 20 }), (cuts, rest) => {
      const bytes = Buffer.concat([encodeGreeting(), rest])
      expect(read(chunked(bytes, cuts))).toEqual({ greeting: { major: 3, minor: 1 }, taken: GREETING_BYTES })
    }),
  )
})

it('is taken from newer peers, whatever they have put into the filler', () => {
  expect(read([greetingWith({ 10: 4, 11: 7, 40: 'anything' })]).greeting).toEqual({ major: 4, minor: 7 })
})

it.each([
  ['ZMTP 1.0', Buffer.from([1, 0]), 'speaks ZMTP 1.0; 3.0 or newer is needed (libzmq 4)'],
  [
    'ZMTP 1.0 with an identity',
    Buffer.from('\x05\0name', 'latin1'),
    'speaks ZMTP 1.0; 3.0 or newer is needed (libzmq 4)',
  ],
  ['ZMTP 2.0', greetingWith({ 10: 1 }).subarray(0, 11), 'speaks ZMTP 2.0; 3.0 or newer is needed (libzmq 4)'],
  [
    'CURVE',
    greetingWith({ 12: 'CURVE' }).subarray(0, 32),
    'wants the security mechanism CURVE; only NULL (none) is supported',
  ],
  ['PLAIN', greetingWith({ 12: 'PLAIN' }), 'wants the security mechanism PLAIN; only NULL (none) is supported'],
  ['no mechanism', greetingWith({ 12: '\0\0\0\0' }), 'wants the security mechanism ""; only NULL (none) is supported'],
  [
    'HTTP',
    Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'does not speak ZeroMQ; it says "HTTP/1.1 400 Bad Request"',
  ],
  ['TLS', Buffer.from('\x15\x03\x01\0\x02\x02\x28', 'latin1'), 'does not speak ZeroMQ; it says "······("'],
])('refuses %s as soon as it can be told', (_what, bytes, sentence) => {
  expect(() => read([bytes])).toThrow(new ZmtpError(sentence))
  expect(() => read([...bytes].map((byte) => Uint8Array.of(byte)))).toThrow(ZmtpError)
})
