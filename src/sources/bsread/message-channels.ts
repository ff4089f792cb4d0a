import type { ChannelValue, ChannelValues } from '../../core/channel-values.ts'
import type { ChannelReading } from '../../wire/bsread/channel-reading.ts'

/** Channels of a message, which all its frames share. They keep the memory of these channels, and not of others. */
export class MessageChannels implements ChannelValues {
  readonly byteLength: number
  readonly #readings: readonly ChannelReading[]

  constructor(readings: readonly ChannelReading[]) {
    this.#readings = readings
    this.byteLength = readings.reduce((bytes, reading) => bytes + reading.byteLength, 0)
  }

  get count(): number {
    return this.#readings.length
  }

  get(name: string): ChannelValue | undefined {
    const reading = this.#readings.find(({ channel }) => channel.name === name)
    return reading && { value: reading.value, problem: reading.error?.message }
  }
}
