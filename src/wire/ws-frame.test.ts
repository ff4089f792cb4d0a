import type { Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Receiver } from 'ws'
import {
  binaryMessage,
  nextSerial,
  numberedBinaryMessage,
  numberedTextMessage,
  pongSerial,
  textMessage,
  type WireMessage,
} from './ws-frame.ts'

// `ws` exports it, but its types (8.18) do not declare it yet.
declare module 'ws' {
  class Receiver extends Writable {
    constructor(options?: { isServer?: boolean })
  }
}

/** The payload lengths at which the length field changes its size. */
const EDGES = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000, 499_999, 500_000]
const sizes = fc.oneof(fc.constantFrom(...EDGES), fc.nat(300), fc.nat(100_000))

describe("what ws's own receiver reads", () => {
  test.each(EDGES)('of a binary message of %i bytes: the message and the ping', async (size) => {
    const bytes = noise(size)
    const message = binaryMessage(bytes)
    const data = charactersOf(bytes)
    expect(await read(message.plain)).toEqual([{ binary: true, data }])
    expect(await read(message.probed)).toEqual([{ binary: true, data }, { ping: message.serial }])
  })

  test('of parts: one message, joined in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sizes, { maxLength: 4 }), async (lengths) => {
        const parts = lengths.map(noise)
        const message = binaryMessage(...parts)
        const data = charactersOf(Buffer.concat(parts))
        expect(await read(message.probed)).toEqual([{ binary: true, data }, { ping: message.serial }])
      }),
      { numRuns: 50 },
    )
  })

  test('of a text: the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        const message = textMessage(text)
        const data = charactersOf(Buffer.from(text.toWellFormed()))
        expect(await read(message.plain)).toEqual([{ binary: false, data }])
        expect(await read(message.probed)).toEqual([{ binary: false, data }, { ping: message.serial }])
      }),
    )
  })

  test('of many messages in a row: all of them', async () => {
    const messages = EDGES.map((size) => binaryMessage(noise(size)))
    const seen = await read(messages.flatMap((message) => message.probed))
    expect(seen).toHaveLength(2 * EDGES.length)
  })
})

test('message and ping lie in one buffer', () => {
  const { plain, probed, bytes } = binaryMessage(noise(1000), noise(5))
  expect([plain.length, probed.length]).toEqual([1, 1])
  expect(plain[0]?.buffer).toBe(probed[0]?.buffer)
  expect(probed[0]?.byteLength).toBe(probed[0]?.buffer.byteLength)
  expect(probed[0]?.subarray(0, bytes)).toEqual(plain[0])
})

test('the parts of a large message are not copied', () => {
  const picture = noise(600_000)
  const { plain, probed, bytes } = binaryMessage(noise(5), picture)
  expect(plain).toContain(picture)
  expect(probed).toContain(picture)
  expect(bytes).toBe(Buffer.concat(plain).length)
})

describe('the serial', () => {
  test('rises from message to message', () => {
    const serials = [binaryMessage(), textMessage(''), binaryMessage()].map((message) => message.serial)
    expect(serials).toEqual([...new Set(serials)].sort((a, b) => a - b))
  })

  test('may be known before the message is made', async () => {
    const serial = nextSerial()
    const text = numberedTextMessage(serial, JSON.stringify({ serial }))
    expect(await read(text.probed)).toEqual([{ binary: false, data: `{"serial":${serial}}` }, { ping: serial }])
    const binary = numberedBinaryMessage(nextSerial(), noise(3), noise(4))
    expect(binary.serial).toBe(serial + 1)
    expect(await read(binary.probed)).toEqual([
      { binary: true, data: charactersOf(Buffer.concat([noise(3), noise(4)])) },
      { ping: serial + 1 },
    ])
  })

  test('comes back in the pong, whatever its size', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (serial) => {
        expect(pongSerial(ping(numberedBinaryMessage(serial)))).toBe(serial)
      }),
    )
  })

  test('is not read from a payload that is none of ours', () => {
    expect(pongSerial(new Uint8Array())).toBeUndefined()
    expect(pongSerial(new Uint8Array(7))).toBeUndefined()
    expect(pongSerial(new Uint8Array(9))).toBeUndefined()
    expect(pongSerial(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0))).toBeUndefined()
    expect(pongSerial(new Uint8Array(8).fill(255))).toBeUndefined()
    expect(pongSerial(Uint8Array.of(0, 0x1f, 255, 255, 255, 255, 255, 255))).toBe(Number.MAX_SAFE_INTEGER)
  })
})

/** The payload of the ping behind a message. */
function ping(message: WireMessage): Uint8Array {
  return Buffer.concat(message.probed).subarray(-8)
}

type Seen = { binary: boolean; data: string } | { ping: number | undefined }

function read(pieces: readonly Uint8Array[]): Promise<Seen[]> {
  return new Promise((resolve, reject) => {
    const seen: Seen[] = []
    const receiver = new Receiver({ isServer: false })
    receiver.on('message', (data: Buffer, binary: boolean) => seen.push({ binary, data: charactersOf(data) }))
    receiver.on('ping', (payload: Buffer) => seen.push({ ping: pongSerial(payload) }))
    receiver.on('error', reject)
    receiver.on('finish', () => resolve(seen))
    receiver.end(Buffer.concat(pieces))
  })
}

/** A character a byte: large texts are compared a hundred times faster than large buffers. */
function charactersOf(bytes: Buffer): string {
  return bytes.toString('latin1')
}

function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + size) & 255
  return bytes
}
