import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { temporaryFolder } from '../support/command.ts'
import { startFullWall, untilFullWall } from '../support/full-wall.ts'
import { TestServer } from '../support/server.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

const LAPTOP = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }

describe('axe finds nothing wrong with', () => {
  const looks = [
    { locale: 'en', colorScheme: 'light', viewport: LAPTOP },
    { locale: 'zh-TW', colorScheme: 'dark', viewport: PHONE },
  ] as const
  for (const look of looks)
    it(`any page and its menus, ${look.locale}, ${look.colorScheme}, ${look.viewport.width} pixels wide`, async () => {
      const { server } = await startFullWall()
      const { page } = await openPage(browser, server.url, { context: { reducedMotion: 'reduce', ...look } })
      const found: string[] = []
      const check = async (what: string) => {
        for (const violation of await axeViolations(page)) found.push(`${what}: ${violation}`)
      }
      await untilFullWall(page)
      await check('wall')
      await page.getByRole('button', { name: /^(Menu|選單)$/ }).click()
      await page.getByRole('menu').waitFor()
      await check('menu')
      await page.keyboard.press('Escape')
      await page.getByRole('menu').waitFor({ state: 'detached' })
      if (look.viewport === PHONE) {
        await page.getByRole('button', { name: /^(View|檢視)$/ }).click()
        await page.getByRole('searchbox').waitFor()
        await check('options')
      }
      await page.goto(`${server.url}/watch/site/warned`)
      await page.locator('section[data-kind=live]').waitFor()
      await check('watch')
      // The server has no such page either: one comes here from within.
      await page.evaluate(() => {
        history.pushState({}, '', '/no/such/page')
        dispatchEvent(new PopStateEvent('popstate'))
      })
      await page.getByRole('heading', { name: /^(There is no such page\.|找不到這個頁面。)$/ }).waitFor()
      await check('not found')
      expect(found).toEqual([])
    })
})

describe('the language', () => {
  it('is the browser’s', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url, { context: { locale: 'zh-TW' } })
    await page.getByRole('button', { name: '選單' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-TW')
  })

  it('is what the user chose, also after a reload', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url, { context: { locale: 'fr' } })
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('menuitemradio', { name: '繁體中文' }).click()
    await page.getByRole('button', { name: '選單' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: '選單' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-TW')
  })
})

describe('the appearance', () => {
  it('is the system’s, and follows it, until the user chooses one', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url, { context: { colorScheme: 'dark' } })
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
    const dark = await groundOf(page)
    await page.emulateMedia({ colorScheme: 'light' })
    await expect.poll(() => groundOf(page)).not.toBe(dark)
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await expect.poll(() => groundOf(page)).toBe(dark)
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await groundOf(page)).toBe(dark)
  })

  it('is what the operator’s style sheet makes of it', async () => {
    const sheet = join(temporaryFolder(), 'house.css')
    writeFileSync(sheet, ':root { --bv-ground: rgb(1 2 3); --mantine-primary-color-filled: rgb(4 5 6); }')
    const server = await TestServer.start({ config: { 'page.custom_css': sheet } })
    const { page } = await openPage(browser, server.url)
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
    expect(await groundOf(page)).toBe('rgb(1, 2, 3)')
    const menu = page.getByRole('button', { name: 'Menu' })
    await menu.focus()
    expect(await menu.evaluate((button) => getComputedStyle(button).outlineColor)).toBe('rgb(4, 5, 6)')
  })

  it('has no motion for those who want none, and shows in high contrast what is chosen and what is warned of', async () => {
    const { server } = await startFullWall()
    const { page } = await openPage(browser, server.url, { context: { reducedMotion: 'reduce' } })
    await untilFullWall(page)
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('menu').waitFor()
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((element) => {
          const { transitionDuration, animationDuration } = getComputedStyle(element)
          return [transitionDuration, animationDuration].some((text) =>
            text.split(', ').some((d) => Number.parseFloat(d) > 0.001),
          )
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    )
    expect(moving).toEqual([])

    await page.keyboard.press('Escape')
    await page.emulateMedia({ forcedColors: 'active' })
    const [frame, size, pressed] = await Promise.all([
      page.locator('a[data-warned]').evaluate((tile) => getComputedStyle(tile, '::after').boxShadow),
      page
        .locator('.mantine-SegmentedControl-indicator')
        .evaluate((chosen) => getComputedStyle(chosen).backgroundColor),
      page
        .getByRole('button', { name: 'Draw what was detected' })
        .evaluate((button) => getComputedStyle(button).backgroundColor),
    ])
    const ground = await groundOf(page)
    expect([frame, size]).not.toContain('none')
    expect([size, pressed]).not.toContain(ground)
    await page.locator('a[data-warned]').click()
    await page.getByRole('checkbox', { name: 'Warnings' }).waitFor()
    const marks = await page
      .locator(':is(.mantine-Switch-input:checked ~ .mantine-Switch-track, :checked ~ .mantine-Checkbox-icon)')
      .evaluateAll((all) =>
        all.map((each) => getComputedStyle(each)[each.tagName === 'svg' ? 'color' : 'backgroundColor']),
      )
    expect([marks.length > 1, marks.includes(ground)]).toEqual([true, false])
  })
})

describe('nothing sticks out', () => {
  it('of the window: no width makes it scroll sideways', async () => {
    const { server } = await startFullWall()
    const { page } = await openPage(browser, server.url)
    for (const path of ['/', '/watch/site/warned', '/app/connect', '/publish'])
      for (const width of [390, 768, 1024, 1440, 2560]) {
        await page.setViewportSize({ width, height: 800 })
        if (new URL(page.url()).pathname !== path) await page.goto(server.url + path)
        await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
        const wide = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement
          return scrollWidth - clientWidth
        })
        expect(wide, `${path} at ${width}`).toBe(0)
      }
  })
})

describe('the page', () => {
  it('asks nobody but its own server for anything', async () => {
    const { server } = await startFullWall()
    const asked = new Set<string>()
    const { page } = await openPage(browser, server.url, {
      prepare: async (page) => {
        page.on('request', (request) => asked.add(new URL(request.url()).origin))
        page.on('websocket', (socket) => asked.add(new URL(socket.url()).host))
      },
    })
    await untilFullWall(page)
    await page.getByRole('link', { name: /^site live / }).click()
    await page.locator('section[data-kind=live]').waitFor()
    for (const path of ['/app/connect', '/publish']) {
      await page.goto(server.url + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    // Pictures that were received are addressed as blobs of this page's own.
    const others = [...asked].filter((origin) => origin !== server.url && origin !== new URL(server.url).host)
    expect(others.filter((origin) => origin !== 'null')).toEqual([])
  })

  it('has a policy that lets nothing in that is inline or of another host', async () => {
    const server = await TestServer.start()
    const policy = (await server.get('/')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    const { page } = await openPage(browser, server.url, { mayComplain: /Content Security Policy/ })
    await page.getByRole('heading', { level: 1 }).waitFor()
    const hasRun = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "inline"'
      document.body.append(script)
      return document.title === 'inline'
    })
    expect(hasRun).toBe(false)
  })
})

describe('the documentation', () => {
  it('opens in the browser without a complaint, and lists the routes', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, `${server.url}/docs`)
    for (const path of ['/labels', '/frames', '/streams']) await page.getByText(path, { exact: true }).first().waitFor()
  })
})

/** The colour behind everything. */
function groundOf(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor)
}
