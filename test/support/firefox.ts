import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { Bidi } from './bidi.ts'

const FIREFOX = process.env.BELVEDERE_TEST_FIREFOX ?? '/usr/bin/firefox-esr'

/** It may be told what is of the browser rather than of a page: `setPreference`. */
const FLAGS = ['--headless', '--no-remote', '--remote-debugging-port', '0', '--remote-allow-system-access']

/**
 * The settings of its profile. Every host name is this machine, so that nothing leaves it. Cameras are fake, and pages
 * may use them.
 */
const SETTINGS = {
  'network.dns.forceResolve': '127.0.0.1',
  'intl.accept_languages': 'en-US',
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
}

/** A headless Firefox with an empty profile, ended after the tests of the file. */
export function firefoxOfFile(): () => Promise<Bidi> {
  let started: Promise<Bidi> | undefined
  const ended = new AsyncDisposableStack()
  afterAll(() => ended.disposeAsync())
  return () => {
    started ??= start(ended)
    return started
  }
}

async function start(ended: AsyncDisposableStack): Promise<Bidi> {
  const profile = mkdtempSync(join(tmpdir(), 'belvedere-firefox-'))
  ended.defer(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }))
  const lines = Object.entries(SETTINGS).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`)
  writeFileSync(join(profile, 'user.js'), lines.join('\n'))
  const child = spawn(FIREFOX, [...FLAGS, '--profile', profile], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // What it writes elsewhere (caches, crash reports) would stay.
    env: { ...process.env, HOME: profile, XDG_CACHE_HOME: profile },
  })
  // At once: nothing in its profile is needed again. The processes of its pages end with it.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  // When Vitest is interrupted its workers go on for a while, without it.
  process.once('disconnect', kill)
  ended.defer(async () => {
    const exited = once(child, 'exit')
    if (kill()) await exited
    process.off('exit', kill)
    process.off('disconnect', kill)
  })
  const bidi = await Bidi.connect(await addressOf(child))
  await bidi.send('session.subscribe', { events: ['log.entryAdded'] })
  return bidi
}

/** Changes a setting of the browser (`about:config`) until the test ends. */
export async function setPreference(bidi: Bidi, name: string, value: boolean | number): Promise<void> {
  const { contexts } = await bidi.send('browsingContext.getTree', { 'moz:scope': 'chrome' })
  const [browserWindow] = Array.isArray(contexts) ? contexts : []
  const target = { context: Object(browserWindow).context }
  const run = (expression: string) => bidi.send('script.evaluate', { expression, target, awaitPromise: false })
  await run(`Services.prefs.${typeof value === 'number' ? 'setIntPref' : 'setBoolPref'}('${name}', ${value})`)
  onTestFinished(async () => {
    await run(`Services.prefs.clearUserPref('${name}')`)
  })
}

/** Where it listens, which it prints. @throws when it ends before, or cannot be started */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    // It is read to the end: a full pipe would hold Firefox up.
    child.stderr?.on('data', (text: Buffer) => {
      said += text
      const [, url] = /^WebDriver BiDi listening on (ws:\S+)$/m.exec(said) ?? []
      if (url !== undefined) resolve(url)
    })
    child.once('exit', () => reject(new Error(`Firefox has ended: ${said}`)))
    child.once('error', reject)
  })
}
