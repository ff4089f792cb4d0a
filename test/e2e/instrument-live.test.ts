import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
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
