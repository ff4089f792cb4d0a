import type { Page } from 'playwright-core'

/** Gives a page another pixel ratio, as when its window is moved to another screen: its size in CSS pixels stays. */
export async function setPixelRatio(page: Page, deviceScaleFactor: number): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 }
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor, mobile: false })
  // Chromium does not look at its media queries then, as it does when a window is moved, but it does when a feature changes.
  const features = [{ name: 'prefers-contrast', value: deviceScaleFactor > 1 ? 'more' : 'less' }]
  await devtools.send('Emulation.setEmulatedMedia', { features })
}
