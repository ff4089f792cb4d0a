import { type Browser, type BrowserServer, chromium } from 'playwright-core'

// Without the last ones Chromium looks for hosts of Google at every start, in vain where there is no internet.
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
 * A headless Chromium: the one that `npm test` or `npm run bench` found or installed. To be closed by whoever launched it.
 * @param more flags that are needed beside the usual ones
 */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch(optionsWith(more))
}

/**
 * The same for several processes, which connect to its `wsEndpoint()`, and without windows: with them each test draws a
 * tab strip and tools that nobody sees, which is half of the CPU time. It cannot ask for permissions.
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
