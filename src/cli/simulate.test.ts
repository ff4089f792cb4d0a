import { describe, expect, it, onTestFinished } from 'vitest'
import { Command } from '../../test/support/command.ts'
import { until } from '../../test/support/until.ts'
import { systemClock } from '../telemetry/system-clock.ts'
import { BsreadDecoder, type BsreadMessage } from '../wire/bsread/message.ts'
import { unpackArray } from '../wire/bsread/unpack-array.ts'
import { ReceivingSocket } from '../zeromq/receiving-socket.ts'

/** Receives all messages from an address. */
function receive(address: string, type: 'PULL' | 'SUB'): BsreadMessage[] {
  const messages: BsreadMessage[] = []
  const decoder = new BsreadDecoder()
  const socket = new ReceivingSocket(
    {
      ...{ address, type, role: 'connect', leadingFrames: 2, clock: systemClock },
      bounds: { maxFrames: 20, maxMessageBytes: 10_000_000, maxLeadingBytes: 10_000 },
      log: { error() {}, warn() {}, info() {} },
    },
    {
      connection: () => ({
        headers: () => 'keep',
        message(frames) {
          const message = decoder.decode(frames)
          if (message.kind === 'message') messages.push(message)
        },
        skipped() {},
      }),
      state() {},
    },
  )
  onTestFinished(() => socket.close())
  return messages
}

async function simulate(...args: readonly string[]) {
  const command = new Command(['simulate', 'beamline', '-o', '0', ...args])
  const [address] = await command.written(/tcp:\/\/[\d.]+:\d+/)
  return { command, address }
}

function valuesOf(message: BsreadMessage | undefined): Record<string, unknown> {
  const entries = message?.channels.map(({ channel, value }) => {
    const values = typeof value === 'object' && value ? [...unpackArray(value).values] : value
    return [channel.name, values] as const
  })
  return Object.fromEntries(entries ?? [])
}

describe('belvedere simulate beamline', () => {
  it("sends the pulses of the old viewer's generator, no two of which are the same, and ends", async () => {
    const { command, address } = await simulate('-n', '3', '-d', '0', '--size', '6x4')
    const messages = receive(address, 'PULL')
    expect(await command.exited).toBe(0)
    expect(command.stdout).toContain('3 pulses at tcp://127.0.0.1:')
    expect(command.stdout).toContain('Receivers: 1\n')
    expect(command.stdout).toContain('3 pulses sent\n')
    await until(() => messages.length === 3)
    expect(messages.map(({ pulseId }) => pulseId)).toEqual([0n, 1n, 2n])
    const values = messages.map(valuesOf)
    expect(Object.keys(values[0] ?? {})).toEqual([
      'image',
      'image_size_x',
      'image_size_y',
      'image_profile_x',
      'image_profile_y',
      'beam_energy',
      'repetition_rate',
    ])
    expect(values[0]).toMatchObject({
      image: { length: 24 },
      image_size_x: [6n],
      image_size_y: [4n],
      image_profile_x: { length: 6 },
      image_profile_y: { length: 4 },
      repetition_rate: [100n],
    })
    expect(messages[0]?.channels[0]?.channel).toMatchObject({ type: 'float64', shape: [4, 6] })
    expect(new Set(values.map(({ image }) => JSON.stringify(image))).size).toBe(3)
  })

  it('goes on without receivers as PUB, packed, and ends at once when it is told to', async () => {
    const { command, address } = await simulate('--pub', '--rate', '200', '--compression', 'bitshuffle_lz4')
    const messages = receive(address, 'SUB')
    await until(() => messages.length >= 2, 'two pulses')
    expect(valuesOf(messages[0])).toMatchObject({ image: { length: 640 * 480 } })
    expect(await command.stop('SIGINT')).toBe(0)
    expect(command.stdout).toMatch(/\d+ pulses sent\n$/)
  })

  it('waits for a receiver as PUSH, and ends at once when it is told to', async () => {
    const { command } = await simulate()
    expect(await command.stop('SIGINT')).toBe(0)
    expect(command.stdout).toContain('0 pulses sent')
  })

  it('says that its port is taken', async () => {
    const { address } = await simulate()
    const other = new Command(['simulate', 'beamline', '-o', address.replace(/.*:/, '')])
    expect(await other.exited).toBe(1)
    expect(other.stderr).toBe(
      `${address} cannot be listened at: another program does. Choose another with --output-port (0: any that is free) or --host.\n`,
    )
  })

  it.each([
    [['-n', '1.5'], '--n-images (-n) must be an integer from -1 to'],
    [['-o', '65536'], '--output-port (-o) must be an integer from 0 to 65535.'],
    [['-d', '-1'], '--delay (-d) must be a number of seconds from 0 to 3600.'],
    [['--rate', '0'], '--rate must be a number of pulses a second above 0.'],
    [['--rate', '1', '-d', '1'], 'not both'],
    [['--size', '640'], '--size must be WIDTHxHEIGHT'],
    [['--compression', 'zip'], '--compression must be one of none, lz4, bitshuffle_lz4.'],
    [['--hots', 'x'], 'There is no option --hots here'],
    [['camera'], 'It goes: belvedere simulate beamline'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    const command = new Command(['simulate', 'beamline', ...args])
    expect(await command.exited).toBe(2)
    expect(command.stderr).toContain(sentence)
  })
})
