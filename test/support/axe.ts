import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { untilSeen } from './until.ts'

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

/** The accessibility violations that axe-core finds on the page now: a line each, with rule, element and reason. */
export async function axeViolations(page: Page): Promise<string[]> {
  // A tooltip that fades has hardly any contrast.
  await untilSeen(async () => (await page.getByRole('tooltip').count()) === 0, 'the end of all tooltips')
  // Evaluated through the debugger, which bypasses the page's Content-Security-Policy.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run()
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    )
  })
}

declare global {
  var axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> }
}
