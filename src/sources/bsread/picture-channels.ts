import type { InstrumentChannel } from '../../core/instrument.ts'
import { arraySize } from '../../core/payload.ts'
import { isName, nameId } from '../../core/stream-name.ts'
import type { BsreadChannel } from '../../wire/bsread/channel.ts'

/** A channel that is shown as a stream of pictures, or should be. */
export interface PictureChannel {
  /** Also the key of its stream. */
  readonly name: string
  /** Why it has no pictures, if it has none. */
  readonly problem?: string
}

/** The pictures among the channels of a stream. */
export interface Pictures {
  readonly shown: readonly PictureChannel[]
  /** Channels that are pictures and not shown, as there are too many or a stream cannot have their name. */
  readonly leftOut: readonly string[]
}

/**
 * Which channels are pictures: the configured ones, else those with two dimensions of 2 or more.
 * @param channels undefined: not known yet; then it is said which streams there may be
 * @param most how many are shown
 */
export function picturesAmong(
  channels: readonly BsreadChannel[] | undefined,
  configured: readonly string[] | undefined,
  most: number,
): Pictures {
  const found = configured ?? channels?.filter(isPicture).map(({ name }) => name)
  if (!found || (channels && !configured && found.length === 0)) return nothing(channels)
  const byId = new Map<string, PictureChannel>()
  const leftOut: string[] = []
  for (const name of found) {
    const id = nameId(name)
    if (byId.size < most && isName(name) && !byId.has(id)) byId.set(id, withProblem({ name }, channels))
    else leftOut.push(name)
  }
  return { shown: [...byId.values()], leftOut }
}

/** One stream that says why there are none. */
function nothing(channels: readonly BsreadChannel[] | undefined): Pictures {
  const problem = channels && `none of the instrument's ${channels.length} channels has two dimensions`
  const usual = { name: USUAL_NAME }
  return { shown: [problem === undefined ? usual : { ...usual, problem }], leftOut: [] }
}

/** What the channel that has pictures is called in most streams. */
const USUAL_NAME = 'image'

function withProblem(picture: PictureChannel, channels: readonly BsreadChannel[] | undefined): PictureChannel {
  if (!channels) return picture
  const channel = channels.find(({ name }) => name === picture.name)
  const problem = channel ? problemWith(channel) : `the instrument sends no channel ${JSON.stringify(picture.name)} now`
  return problem === undefined ? picture : { ...picture, problem }
}

function problemWith(channel: BsreadChannel): string | undefined {
  if (channel.error) return channel.error.message
  if (isPicture(channel)) return undefined
  const what = channel.type === 'string' ? 'texts' : `the shape ${JSON.stringify(channel.shape)}`
  return `channel ${JSON.stringify(channel.name)} has ${what}, which is no picture`
}

function isPicture(channel: BsreadChannel): boolean {
  return !channel.error && channel.type !== 'string' && arraySize(channel.shape) !== undefined
}

/** The names of the channels that have pictures which are shown. */
export function pictureNames({ shown }: Pictures): ReadonlySet<string> {
  return new Set(shown.filter(({ problem }) => problem === undefined).map(({ name }) => name))
}

/** The channels as people see them. */
export function describedChannels(
  channels: readonly BsreadChannel[],
  pictures: ReadonlySet<string>,
): readonly InstrumentChannel[] {
  return channels.map((channel) => {
    const { name } = channel
    if (channel.error) return { name, type: 'unreadable', shape: [], isPicture: false }
    return { name, type: channel.type, shape: channel.shape, isPicture: pictures.has(name) }
  })
}
