import { createCanvas, loadImage } from '@napi-rs/canvas'
import type { Page } from 'playwright-core'
import { CLOCK, type CodeLayout, readCode } from './block-code.ts'

/** What was read from a screenshot. */
export interface ScreenPicture {
  /** When it was taken, ms since 1970. */
  readonly at: number
  /** The number read from the block code in the displayed picture. */
  readonly drawn: number
}

/** A rectangle in a picture, pixels. */
interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * Records a screencast of the page (Chrome DevTools Protocol: a screenshot on each change), and reads the clock in the
 * picture at `selector` from each screenshot. @returns a function that stops it and resolves when all are read
 */
export async function watchScreen(
  page: Page,
  selector: string,
  onPicture: (picture: ScreenPicture) => void,
): Promise<() => Promise<void>> {
  const place = await page.locator(selector).first().boundingBox()
  if (!place) throw new Error(`nothing is seen of ${selector}`)
  const session = await page.context().newCDPSession(page)
  const taken: { at: number; data: string }[] = []
  session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    if (metadata.timestamp !== undefined) taken.push({ at: metadata.timestamp * 1000, data })
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => {})
  })
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 60 })
  return async () => {
    await session.send('Page.stopScreencast')
    await session.detach()
    // Decoded only now, so as not to disturb the measurement.
    for (const { at, data } of taken) {
      const drawn = await read(Buffer.from(data, 'base64'), place, CLOCK)
      if (drawn !== undefined) onPicture({ at, drawn })
    }
  }
}

async function read(bytes: Buffer, place: Place, layout: CodeLayout): Promise<number | undefined> {
  const image = await loadImage(bytes)
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(place.x, place.y, place.width, place.height)
  return readCode(layout, place, (x, y) => data[4 * (Math.floor(y) * Math.floor(place.width) + Math.floor(x)) + 1] ?? 0)
}
