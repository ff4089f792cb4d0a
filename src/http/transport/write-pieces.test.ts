import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { writePieces } from './write-pieces.ts'

/** Writes pieces. @returns what each call of the system below would have got */
function callsOf(...pieces: Uint8Array[]): Uint8Array[][] {
  const calls: Uint8Array[][] = []
  const stream = new Writable({
    write: (piece, _encoding, done) => {
      calls.push([piece])
      done()
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => chunk))
      done()
    },
  })
  writePieces(stream, pieces)
  return calls
}

it('writes all pieces of a message at once, neither joined nor copied', () => {
  const [head, body] = [Buffer.alloc(10), Buffer.alloc(500_000)]
  const calls = callsOf(head, body)
  expect(calls).toHaveLength(1)
  expect(calls[0]?.[0]?.buffer).toBe(head.buffer)
  expect(calls[0]?.[1]?.buffer).toBe(body.buffer)
})

it('writes a message of one piece as it is', () => {
  expect(callsOf(Buffer.from('a'))).toEqual([[Buffer.from('a')]])
})

it('writes nothing where there is nothing', () => {
  expect(callsOf()).toEqual([])
})
