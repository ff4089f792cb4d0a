import { describe, expect, it } from 'vitest'
import { channelIn } from '../../wire/bsread/channel.ts'
import { BSREAD_LIMITS } from '../../wire/bsread/limits.ts'
import { describedChannels, pictureNames, picturesAmong } from './picture-channels.ts'

const CHANNELS = [
  channel('image', [640, 480]),
  channel('profile', [640]),
  channel('energy', [1]),
  channel('thin', [640, 1, 2]),
  channel('cube', [4, 4, 4]),
  channel('note', [2, 2], 'string'),
  channel('odd', [4, 4], 'quaternion'),
]

function channel(name: string, shape: readonly number[], type = 'uint16') {
  return channelIn(name, { type, shape }, BSREAD_LIMITS)
}

describe('the pictures of an instrument', () => {
  it('are the channels with two dimensions of 2 or more', () => {
    const pictures = picturesAmong(CHANNELS, undefined, 9)
    expect(pictures).toEqual({
      shown: [{ name: 'image' }, { name: 'thin' }],
      leftOut: [],
    })
    const described = describedChannels(CHANNELS, pictureNames(pictures))
    expect(described[0]).toEqual({ name: 'image', type: 'uint16', shape: [480, 640], isPicture: true })
    expect(described.at(-1)).toEqual({ name: 'odd', type: 'unreadable', shape: [], isPicture: false })
    expect(described.filter(({ isPicture }) => isPicture).map(({ name }) => name)).toEqual(['image', 'thin'])
  })

  it('are the configured ones, each of which says what is wrong with it', () => {
    const { shown } = picturesAmong(CHANNELS, ['image', 'energy', 'cube', 'note', 'odd', 'missing'], 9)
    expect(shown.map(({ problem }) => problem)).toEqual([
      undefined,
      'channel "energy" has the shape [1], which is no picture',
      'channel "cube" has the shape [4,4,4], which is no picture',
      'channel "note" has texts, which is no picture',
      'Channel "odd" has a type that is unknown.',
      'the instrument sends no channel "missing" now',
    ])
    expect([...pictureNames({ shown, leftOut: [] })]).toEqual(['image'])
  })

  it('are what may come, before the channels are known', () => {
    expect(picturesAmong(undefined, undefined, 9).shown).toEqual([{ name: 'image' }])
    expect(picturesAmong(undefined, ['a', 'b'], 9).shown.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('are one that says so, where there are none', () => {
    const { shown } = picturesAmong(CHANNELS.slice(1, 3), undefined, 9)
    expect(shown).toEqual([{ name: 'image', problem: "none of the instrument's 2 channels has two dimensions" }])
  })

  it('leave out what is too many, and names that no stream can have', () => {
    const names = ['..', 'a', 'é', 'e\u0301', 'b\u0000', 'x'.repeat(201), '__proto__', 'one too many']
    const { shown, leftOut } = picturesAmong(
      names.map((name) => channel(name, [2, 2])),
      undefined,
      3,
    )
    expect(shown.map(({ name }) => name)).toEqual(['a', 'é', '__proto__'])
    expect(leftOut).toHaveLength(5)
  })
})
