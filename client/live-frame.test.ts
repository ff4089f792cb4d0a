import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeImgHeader, encodeImgMessage } from '../src/wire/img-message.ts'
import { PICTURE } from '../test/support/fake-socket.ts'
import { readLiveFrame } from './live-frame.ts'

describe('readLiveFrame', () => {
  it('gives numbers that JavaScript cannot hold as texts, with all digits', () => {
    const text = '{"pulse_id":1610521604143693812,"x":1e400,"y":1.5}'
    const head = encodeImgHeader(PICTURE, { metadata: text })
    const { header } = readLiveFrame(new Uint8Array([...head, 1, 2]).buffer)
    expect(header.metadata).toEqual({ pulse_id: '1610521604143693812', x: '1e400', y: 1.5 })
  })

  it('gives the header and a view of the picture', () => {
    const message = encodeImgMessage(PICTURE, new Uint8Array([1, 2, 3])).buffer
    const { header, bytes } = readLiveFrame(message)
    expect(header).toEqual(PICTURE)
    expect([...bytes]).toEqual([1, 2, 3])
    expect(bytes.buffer).toBe(message)
  })

  it.each(['n', 'label', 'key', 'id', 'sequence', 'received_at', 'media_type', 'width', 'height'])(
    'refuses a header without %s, or with one of another type',
    (field) => {
      for (const value of [undefined, null, {}, field === 'n' ? 'text' : true])
        expect(() => readLiveFrame(encodeImgMessage({ ...PICTURE, [field]: value }, new Uint8Array()).buffer)).toThrow(
          'the header of a picture lacks a field',
        )
    },
  )

  it('throws an error with a sentence over any garbage, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => readLiveFrame(new Uint8Array(bytes).buffer)).toThrow(/^message: /)
      }),
    )
  })
})
