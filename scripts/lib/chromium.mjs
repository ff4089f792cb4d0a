import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'
import { optionalSystemProgram, systemProgram } from './system.mjs'

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * Finds Chromium, or installs it if possible.
 * @param {string} purpose for the message: "the tests in a real browser need it"
 * @returns {Promise<string>} its path
 */
export function chromium(purpose) {
  return systemProgram(NAMES, ['chromium'], purpose)
}

/**
 * Finds Chromium's headless shell, which needs half of the CPU time; falls back to Chromium. The shell cannot prompt
 * for permissions: a page that uses the camera needs Chromium.
 * @param {string} purpose as above
 * @returns {Promise<string>} its path
 */
export async function headlessShell(purpose) {
  // Searched only once: if there is no package for it, searching on each run would take longer than it saves.
  const sought = join(ROOT, 'dist', '.sought-headless-shell')
  const packages = existsSync(sought) ? [] : ['chromium-headless-shell']
  const found = await optionalSystemProgram(['chromium-headless-shell', 'chrome-headless-shell'], packages)
  if (!found) {
    mkdirSync(join(ROOT, 'dist'), { recursive: true })
    writeFileSync(sought, '')
  }
  return found ?? chromium(purpose)
}
