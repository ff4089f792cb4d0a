import fc from 'fast-check'
import { Decoder, PacketType } from 'socket.io-parser'
import { describe, expect, it } from 'vitest'
import * as ws from 'ws'
import { encodeEvent, SharedPacket } from './socket-io-packet.ts'

/** What a client gets to see of a packet. */
function decoded(text: string): unknown {
  const decoder = new Decoder()
  let packet: unknown
  decoder.on('decoded', (found: unknown) => {
    packet = found
  })
  decoder.add(text)
  return packet
}

const namespaces = fc.constantFrom('/', '/socket.io/')
const names = fc.string({ minLength: 1 }).filter((name) => !RESERVED.has(name))
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'])

describe('a packet of Socket.IO', () => {
  it('is read by the library as it was, in each namespace', () => {
    fc.assert(
      fc.property(names, fc.array(fc.jsonValue()), namespaces, (name, args, nsp) => {
        const data = JSON.parse(JSON.stringify([name, ...args]))
        expect(decoded(encodeEvent([name, ...args], nsp))).toEqual({ type: PacketType.EVENT, nsp, data })
      }),
    )
  })

  it('is framed as the library would, whatever its length', () => {
    fc.assert(
      fc.property(fc.nat(70_000), fc.constantFrom('a', 'é', '\ud800'), namespaces, (length, letter, nsp) => {
        const { text, frame } = new SharedPacket(['update', letter.repeat(length)]).in(nsp)
        const options = { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false }
        const expected = Reflect.get(Reflect.get(ws, 'Sender'), 'frame')(Buffer.from(`4${text}`), options)
        expect(Buffer.concat(frame).equals(Buffer.concat(expected))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('is encoded once for a namespace, in two pieces if it is large', () => {
    const packet = new SharedPacket(['update', 'x'.repeat(600_000)])
    expect(packet.in('/')).toBe(packet.in('/'))
    expect(packet.in('/').frame).toHaveLength(2)
    expect(packet.in('/socket.io/').text).toMatch(/^2\/socket\.io\/,\["update","xxx/)
  })
})
