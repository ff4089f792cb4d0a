import { type Browser, type BrowserServer, chromium } from 'playwright-core'

// Without the last ones Chromium contacts Google's hosts at every start, in vain without internet access.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Launches the Chromium that `npm test` or `npm run bench` found or installed, headless. The caller must close it.
 * @param more additional flags
 */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch(optionsWith(more))
}

/**
 * Launches the headless shell (Chromium without browser windows) for several processes, which connect to its
 * `wsEndpoint()`. It takes half of the CPU time, since no tab strip is drawn, but cannot prompt for permissions.
 */
export function launchSharedChromium(more: readonly string[] = []): Promise<BrowserServer> {
  const { executablePath, args } = optionsWith(more)
  const shell = process.env.BELVEDERE_TEST_HEADLESS_SHELL ?? executablePath
  return chromium.launchServer({ executablePath: shell, args, host: '127.0.0.1' })
}

function optionsWith(more: readonly string[]) {
  return {
    executablePath: process.env.BELVEDERE_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: [...FLAGS, ...more],
  }
}
