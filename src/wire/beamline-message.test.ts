import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beamlineMessage } from './beamline-message.ts'

const COUNTS = { messages: 7, bytes: 700 }

describe("the old beamline page's message", () => {
  it('has the counts, and the measurements of the pulse', () => {
    const metadata = { beam_energy: 5.25, repetition_rate: 100, image_size_x: 640, image_size_y: 480, other: 'x' }
    expect(beamlineMessage(metadata, COUNTS)).toEqual({
      number_of_received_messages: 7,
      data: 7,
      messages_received: 7,
      total_bytes_received: 700,
      repetition_rate: 100,
      beam_energy: 5.25,
      image_size_y: 480,
      image_size_x: 640,
    })
  })

  it('has a number for integers of 64 bits, and 0 for what is missing, NaN, no number, or a profile', () => {
    const { repetition_rate, beam_energy, image_size_x, image_size_y } = beamlineMessage(
      { repetition_rate: '9223372036854775807', beam_energy: null, image_size_x: [1, 2], image_size_y: 'wide' },
      COUNTS,
    )
    expect([repetition_rate, beam_energy, image_size_x, image_size_y]).toEqual([2 ** 63, 0, 0, 0])
    expect(Object.values(beamlineMessage({}, COUNTS))).toEqual([7, 7, 7, 700, 0, 0, 0, 0])
  })

  it('has numbers only, whatever the channels hold', () => {
    const channel = fc.constantFrom('repetition_rate', 'beam_energy', 'image_size_x', '__proto__')
    fc.assert(
      fc.property(fc.dictionary(channel, fc.jsonValue()), (metadata) => {
        const sent: unknown = JSON.parse(JSON.stringify(beamlineMessage(metadata as never, COUNTS)))
        for (const value of Object.values(Object(sent))) expect(typeof value).toBe('number')
      }),
    )
  })
})
