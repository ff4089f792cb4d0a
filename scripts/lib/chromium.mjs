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
 * Finds Chromium, or installs it where it can.
 * @param {string} purpose what it is for: "the tests in a real browser need it"
 * @returns {Promise<string>} its path
 */
export function chromium(purpose) {
  return systemProgram(NAMES, ['chromium'], purpose)
}

/**
 * Chromium without windows, which does the same in half of the CPU time; Chromium itself where there is none. It cannot ask
 * for permissions: a page that wants the camera needs Chromium.
 * @param {string} purpose as above
 * @returns {Promise<string>} its path
 */
export async function headlessShell(purpose) {
  const names = ['chromium-headless-shell', 'chrome-headless-shell']
  return (await optionalSystemProgram(names, ['chromium-headless-shell'])) ?? chromium(purpose)
}
