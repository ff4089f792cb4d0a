import { describe, expect, it } from 'vitest'
import { readFavourites, toggled } from './favourites.ts'

const GATE = { label: 'North', key: 'gate' }
const DOOR = { label: 'North', key: 'door' }

describe('favourites', () => {
  it('are more or fewer by one each time', () => {
    const both = toggled(toggled(undefined, GATE), DOOR)
    expect(readFavourites(both)).toEqual([GATE, DOOR])
    expect(readFavourites(toggled(both, GATE))).toEqual([DOOR])
  })

  it('are none where something else is remembered', () => {
    for (const text of [undefined, '', '{', '7', 'null', '{"a":1}']) expect(readFavourites(text)).toEqual([])
    expect(readFavourites('[null, 7, {"label":"a"}, {"label":"a","key":1}, {"label":"a","key":"b","c":1}]')).toEqual([
      { label: 'a', key: 'b' },
    ])
  })

  it('lose the oldest when there are too many', () => {
    let text: string | undefined
    for (let i = 0; i < 120; i++) text = toggled(text, { label: 'a', key: `${i}` })
    const favourites = readFavourites(text)
    expect(favourites).toHaveLength(100)
    expect(favourites.at(-1)).toEqual({ label: 'a', key: '119' })
  })
})
