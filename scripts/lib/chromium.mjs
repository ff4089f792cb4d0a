import { systemProgram } from './system.mjs'

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
