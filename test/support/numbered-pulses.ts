import { onTestFinished } from 'vitest'
import { BsreadEncoder } from '../../src/wire/bsread/encode.ts'
import { Sender } from './sender.ts'

/** The size of the images. */
export const IMAGE = { width: 64, height: 48 } as const

const CHANNELS = [
  { name: 'image', type: 'float64', shape: [IMAGE.height, IMAGE.width], compression: 'bitshuffle_lz4' },
  { name: 'image_size_x', type: 'int64', shape: [1] },
  { name: 'image_profile_x', type: 'float64', shape: [IMAGE.width], byteOrder: 'big' },
  { name: 'beam_energy', type: 'float64', shape: [1] },
  { name: 'repetition_rate', type: 'int64', shape: [1] },
  { name: 'note', type: 'string', shape: [1] },
] as const

/** The column of an image that is bright: 1, where all others are 0. */
export function columnOf(pulse: number): number {
  return pulse % IMAGE.width
}

/**
 * An instrument that sends pulse after pulse, each of whose values follow from its id: the numbers and the profile are the id, the
 * note names it, and the image has its `columnOf`. Ends with the test.
 * @returns the port
 */
export async function sendNumberedPulses(): Promise<number> {
  const sender = await Sender.open()
  const encoder = new BsreadEncoder(CHANNELS)
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  const send = async (): Promise<void> => {
    for (let pulse = 1; !isOver; pulse++) {
      await sender.send(encoder.encode({ pulseId: BigInt(pulse), values: valuesOf(pulse) }))
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
  void send()
  return sender.port
}

function valuesOf(pulse: number) {
  const image = Float64Array.from({ length: IMAGE.width * IMAGE.height }, (_, i) =>
    i % IMAGE.width === columnOf(pulse) ? 1 : 0,
  )
  const number = BigInt64Array.of(BigInt(pulse))
  const profile = new Float64Array(IMAGE.width).fill(pulse)
  return [image, number, profile, Float64Array.of(pulse), number, `pulse ${pulse}`].map((value) => ({ value }))
}

/** Between two pulses. */
const PAUSE_MS = 10
