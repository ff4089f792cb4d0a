import { COMPRESSIONS, type Compression } from '../core/payload.ts'
import { formatAddress } from '../wire/zmtp/address.ts'
import type { SocketState } from '../zeromq/peers.ts'
import { type OwnOptions, readArguments } from './arguments.ts'
import { type SimulatorOptions, simulateBeamline } from './beamline-simulator.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './usage-error.ts'

/** `belvedere simulate beamline`: sends a bsread stream as an instrument does, until Ctrl-C or for so many pulses. */
export async function simulate(argv: readonly string[], { stdout, signal }: CommandContext): Promise<number> {
  const options = readOptions(argv)
  const { width, height, compression, delay, socket, count } = options
  const failed = new AbortController()
  let failure: string | undefined
  let isListening = false
  const state = (now: SocketState) => {
    if (now.kind === 'listening') {
      isListening = true
      const [pulses, end] = count === undefined ? ['Pulses', ', until Ctrl-C'] : [`${count} pulses`, '']
      const packed = compression === 'none' ? 'as they are' : `with ${compression}`
      const rate = delay > 0 ? `${Number((1000 / delay).toPrecision(3))} a second` : 'as fast as they are taken'
      stdout.write(
        `${pulses} at ${now.address} (${socket}), images of ${width}×${height} float64 ${packed}, ${rate}${end}\n`,
      )
    } else if (now.kind === 'connected') stdout.write(`Receivers: ${now.peers}\n`)
    else if (now.kind === 'failed' && isListening) stdout.write(`No receiver: ${now.reason}\n`)
    else if (now.kind === 'failed') {
      failure = now.reason
      failed.abort()
    }
  }
  const sent = await simulateBeamline({ ...options, signal: AbortSignal.any([signal, failed.signal]), state })
  if (failure !== undefined)
    throw new UsageError(`${failure}. Choose another with --output-port (0: any that is free) or --host.`)
  stdout.write(`${sent} pulses sent\n`)
  return 0
}

const OPTIONS: OwnOptions = new Map([
  ['output_port', 'value'],
  ['n_images', 'value'],
  ['delay', 'value'],
  ['rate', 'value'],
  ['host', 'value'],
  ['pub', 'switch'],
  ['compression', 'value'],
  ['size', 'value'],
])

function readOptions(argv: readonly string[]): Omit<SimulatorOptions, 'signal' | 'state'> {
  const { words, options } = readArguments(argv, OPTIONS, { takesSettings: false })
  if (words.length !== 1 || words[0] !== 'beamline') throw new UsageError('It goes: belvedere simulate beamline', 2)
  const port = numberOf('--output-port (-o)', options.get('output_port') ?? '8888', { least: 0, most: 65_535 })
  const count = numberOf('--n-images (-n)', options.get('n_images') ?? '-1', { least: -1, most: 2 ** 53 })
  return {
    address: formatAddress({ host: options.get('host') ?? '127.0.0.1', port }),
    socket: options.has('pub') ? 'PUB' : 'PUSH',
    count: count < 0 ? undefined : count,
    delay: delayOf(options),
    compression: compressionOf(options.get('compression') ?? 'none'),
    ...sizeOf(options.get('size') ?? '640x480'),
  }
}

/** @throws UsageError unless it is an integer in that range */
function numberOf(name: string, text: string, { least, most }: { readonly least: number; readonly most: number }) {
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw new UsageError(`${name} must be an integer from ${least} to ${most}.`, 2)
}

/** Between two pulses, ms. */
function delayOf(options: ReadonlyMap<string, string>): number {
  const [seconds, rate] = [options.get('delay'), options.get('rate')]
  if (seconds !== undefined && rate !== undefined)
    throw new UsageError('Either --delay (-d), in seconds, or --rate, in pulses a second: not both.', 2)
  const delay = rate === undefined ? Number(seconds ?? '0.1') : 1 / Number(rate)
  if (delay >= 0 && delay <= LONGEST_DELAY_S) return delay * 1000
  throw new UsageError(
    rate === undefined
      ? `--delay (-d) must be a number of seconds from 0 to ${LONGEST_DELAY_S}.`
      : '--rate must be a number of pulses a second above 0.',
    2,
  )
}

function compressionOf(text: string): Compression {
  const compression = COMPRESSIONS.find((each) => each === text)
  if (compression) return compression
  throw new UsageError(`--compression must be one of ${COMPRESSIONS.join(', ')}.`, 2)
}

function sizeOf(text: string): { readonly width: number; readonly height: number } {
  const [, across, down] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? []
  const [width, height] = [Number(across), Number(down)]
  if (width >= 2 && height >= 2 && width <= LARGEST && height <= LARGEST) return { width, height }
  throw new UsageError(`--size must be WIDTHxHEIGHT, each from 2 to ${LARGEST}.`, 2)
}

const LONGEST_DELAY_S = 3600
const LARGEST = 4096
