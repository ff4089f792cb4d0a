import type { Page } from 'playwright-core'

/** The timeout for a picture to appear, ms. */
const PATIENCE_MS = 15_000

/** Opens the wall and waits until `tiles` tiles show a picture. */
export async function openWall(page: Page, port: number, tiles: number): Promise<void> {
  await page.goto(`http://127.0.0.1:${port}/`)
  await untilWall(page, tiles)
}

/** Waits until `tiles` tiles show a picture. */
export async function untilWall(page: Page, tiles: number): Promise<void> {
  await within(
    page.evaluate(async (tiles) => {
      const { bench } = window
      const isShown = (canvas: HTMLCanvasElement) => bench.codeOf(canvas) !== undefined
      while (bench.tiles().length !== tiles || !bench.tiles().every(isShown)) await bench.nextFrame()
    }, tiles),
    `${tiles} tiles with pictures`,
  )
}

/** Waits until the large view shows a picture. */
export async function untilLarge(page: Page): Promise<void> {
  await within(
    page.evaluate(async () => {
      const { bench } = window
      while (bench.largeCode() === undefined) await bench.nextFrame()
    }),
    'a large picture',
  )
}

async function within<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the page did not show ${what} within ${PATIENCE_MS / 1000} s`)),
      PATIENCE_MS,
    )
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}
