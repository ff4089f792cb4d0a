import { untilSeen } from './until.ts'

/** A tile as a user sees it. */
export interface TileSight {
  /** "label, key" */
  readonly name: string
  /** waiting, starting, idle, live, late, stopped, disconnected or gone. */
  readonly kind: string
  /** "0.1 s"; in Chinese "0.1 秒" */
  readonly age: string
  /** The note over a picture that is not live. */
  readonly note: string
  readonly isGrey: boolean
  readonly isWarned: boolean
  /** Its warnings, as texts. */
  readonly warnings: readonly string[]
  /** The middle pixel of its canvas: red, green, blue, alpha; empty before it has been in view. */
  readonly pixel: readonly number[]
}

/** A page of Chromium or of Firefox. */
interface BrowserPage {
  evaluate<Result>(pageFunction: () => Result): Promise<Result>
}

/** All tiles of the wall, in order. */
export function tilesOf(page: BrowserPage): Promise<TileSight[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll('main li > a[data-kind]'), (tile) => {
      const textOf = (part: string) => tile.querySelector(`[data-part=${part}]`)?.textContent ?? ''
      const canvas = tile.querySelector('canvas')
      const pixel: number[] = []
      if (canvas && canvas.width > 0) {
        // From a copy: a canvas transferred to a worker cannot be read.
        const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
        copy?.drawImage(canvas, canvas.width >> 1, canvas.height >> 1, 1, 1, 0, 0, 1, 1)
        pixel.push(...(copy?.getImageData(0, 0, 1, 1).data ?? []))
      }
      return {
        name: (tile.getAttribute('href') ?? '').split('/').slice(2).map(decodeURIComponent).join(', '),
        kind: tile.getAttribute('data-kind') ?? '',
        age: textOf('age'),
        note: textOf('note'),
        isGrey: canvas !== null && getComputedStyle(canvas).filter.includes('grayscale'),
        isWarned: tile.hasAttribute('data-warned'),
        warnings: [...tile.querySelectorAll('svg + span')].map((words) => words.textContent ?? ''),
        pixel,
      }
    }),
  )
}

/** Waits until the tiles satisfy a condition. */
export async function untilTiles(
  page: BrowserPage,
  areRight: (tiles: TileSight[]) => boolean,
  what: string,
): Promise<TileSight[]> {
  let tiles: TileSight[] = []
  await untilSeen(async () => {
    tiles = await tilesOf(page)
    return areRight(tiles)
  }, what).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : error}; there was ${JSON.stringify(tiles)}`)
  })
  return tiles
}

/** Waits until the first tile satisfies a condition. */
export async function untilTile(
  page: BrowserPage,
  isRight: (tile: TileSight) => boolean,
  what: string,
): Promise<TileSight> {
  const [tile] = await untilTiles(page, ([first]) => first !== undefined && isRight(first), what)
  if (!tile) throw new Error('there is no tile')
  return tile
}

/** Whether a tile's middle pixel has this colour, within JPEG's tolerance. */
export function hasColour({ pixel }: TileSight, colour: readonly number[]): boolean {
  return pixel[3] === 255 && colour.every((value, i) => Math.abs(value - (pixel[i] ?? 0)) <= 6)
}

/** Whether a tile looks live: in colour, without a note, its age in tenths of a second. */
export function isLive({ kind, age, note, isGrey }: TileSight): boolean {
  return kind === 'live' && /^\d\.\d (s|秒)$/.test(age) && note === '' && !isGrey
}
