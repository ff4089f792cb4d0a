import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { Pixels } from '../support/pixels.ts'
import { TestServer } from '../support/server.ts'
import { Simulator } from '../support/simulator.ts'
import { untilSeen } from '../support/until.ts'
import { isLive, untilTile } from '../support/wall.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

it("opening the page is enough: an instrument's newest image and its measurements come, and keep coming", async () => {
  const { port } = await Simulator.beamline()
  const server = await TestServer.start({ config: { source_host: '127.0.0.1', source_port: port } })
  const { page } = await openPage(browser, server.url)
  const tile = await untilTile(page, (first) => isLive(first) && first.pixel[3] === 255, 'a live tile')
  expect(tile.name).toBe('beamline, image')
  await untilTile(page, ({ pixel }) => String(pixel) !== String(tile.pixel), 'another picture')

  const measurements = page.locator('[data-part=measurements]')
  const onTile = await measurements.innerText()
  expect(onTile).toMatch(/image_size_x\s64.*beam_energy\s5\.\d+.*repetition_rate\s100/s)
  expect(onTile).not.toContain('profile')
  await untilSeen(async () => (await measurements.innerText()) !== onTile, 'another measurement on the tile')

  await page.locator('main li > a[data-kind]').click()
  const energy = page
    .locator('tr, div, li')
    .filter({ hasText: /^beam_energy/ })
    .last()
  await energy.waitFor()
  const first = await energy.innerText()
  expect(first).toMatch(/beam_energy\s*5\.\d/)
  await untilSeen(async () => (await energy.innerText()) !== first, 'another measurement')
  expect(await page.locator('[data-kind=profile] path').first().getAttribute('d')).toMatch(/^M[\d.]+ [\d.]+L/)
})

/** The watch page of the image of a simulated beamline, whose channels have units. */
async function openImage(): Promise<Page> {
  const { port } = await Simulator.beamline()
  const units = { image: 'counts', beam_energy: 'GeV', image_profile_x: 'counts' }
  const sources = JSON.stringify([{ host: '127.0.0.1', port, units }])
  const server = await TestServer.start({ config: { 'instruments.sources': sources } })
  const { page } = await openPage(browser, `${server.url}/watch/beamline/image`)
  await legendOf(page).waitFor()
  return page
}

const legendOf = (page: Page) => page.getByRole('img', { name: /, from .* to / })

/** The colour in the middle of the picture, where the values are largest. */
async function middleOf(page: Page): Promise<readonly [red: number, green: number, blue: number]> {
  const pixels = await Pixels.of(await page.getByRole('img', { name: 'beamline, image' }).screenshot())
  return pixels.at(pixels.width / 2, pixels.height / 2)
}

const isGrey = ([red, green, blue]: readonly [number, number, number]) =>
  Math.max(red, green, blue) - Math.min(red, green, blue) < 16

it('colour map and levels are set by hand, are told by the legend, and are kept for the stream', async () => {
  const page = await openImage()
  expect(await legendOf(page).getAttribute('aria-label')).toMatch(/^viridis, from \S+ counts to \S+ counts$/)
  expect(isGrey(await middleOf(page))).toBe(false)

  await page.getByRole('button', { name: 'Change' }).click()
  await page.getByRole('radio', { name: 'gray' }).check()
  await untilSeen(async () => isGrey(await middleOf(page)), 'a grey picture')
  await page.getByLabel('Levels').selectOption('Fixed')
  await page.getByLabel('First colour at').fill('50')
  await page.getByLabel('Last colour at').fill('20')
  await page.getByLabel('Last colour at').press('Enter')
  await page.getByText('The first must be below the second.').waitFor()
  expect(await axeViolations(page)).toEqual([])
  await page.getByLabel('Last colour at').fill('1e3')
  await page.getByLabel('Last colour at').press('Enter')
  await page.getByRole('img', { name: 'gray, from 50 counts to 1000 counts' }).waitFor()
  await page.getByRole('switch', { name: 'Logarithmic' }).click()
  await page.getByRole('img', { name: 'gray, from 50 counts to 1000 counts, logarithmic' }).waitFor()

  await page.reload()
  await page.getByRole('img', { name: 'gray, from 50 counts to 1000 counts, logarithmic' }).waitFor()
  await page.getByRole('button', { name: 'As the stream has it' }).click()
  await page.getByRole('img', { name: /^viridis, from \S+ counts to \S+ counts$/ }).waitFor()
})

it('what was measured is shown with its units, and nothing about detections', async () => {
  const page = await openImage()
  const measurements = page.getByRole('region', { name: 'Measurements' })
  await measurements.getByText(/^5\.\d+ GeV$/).waitFor()
  await measurements.getByRole('img', { name: /^64 values, min \S+, max \S+ counts$/ }).waitFor()
  expect(await page.getByText('Draw what was detected').count()).toBe(0)
  expect(await axeViolations(page)).toEqual([])
})

it('the measured value under the pointer is shown, with its pulse; nothing is asked for before the pointer rests there', async () => {
  const page = await openImage()
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/data?')) asked.push(request.url())
  })
  await page.getByText('beam_energy').waitFor()
  expect(asked).toEqual([])
  const reading = page.getByTestId('pointer-value')
  const picture = page.getByRole('img', { name: 'beamline, image' })
  await untilSeen(async () => {
    const { x, y } = (await picture.boundingBox()) ?? { x: 0, y: 0 }
    await picture.dispatchEvent('pointerdown', { pointerType: 'touch', clientX: x + 1, clientY: y + 1 })
    return (await reading.innerText({ timeout: 1000 }).catch(() => '')).includes('x 0, y 0')
  }, 'what is under a finger')
  await picture.hover()
  // The middle of a spot of about 100.
  await reading.getByText(/^([5-9]\d|1\d\d)\.\d+ counts$/).waitFor()
  await reading.getByText('x 32, y 24').waitFor()
  await reading.getByText(/^pulse \d+$/).waitFor()
  expect(asked.length).toBeGreaterThan(0)
  await page.getByRole('heading', { name: 'Colours' }).hover()
  await reading.waitFor({ state: 'detached' })

  // The values of a frozen picture may be gone, which is no error on the console.
  await page.keyboard.press(' ')
  await page.getByTestId('state').getByText('Frozen').waitFor()
  const answered = page.waitForResponse((response) => response.url().includes('/data?'))
  await page.getByRole('img', { name: 'beamline, image' }).hover()
  expect((await answered).ok()).toBe(true)
})
