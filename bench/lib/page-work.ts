import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { MeasuredBrowser } from './chromium.ts'
import { PageInspector } from './page-inspector.ts'
import { median } from './statistics.ts'

/** What a page costs. */
export interface Work {
  /** Share of the time in which its main thread does something. */
  readonly busy: number
  /** CPU time of the whole browser, in cores. */
  readonly cores: number
  /** Shares of the time, as `busy`. */
  readonly script: number
  readonly layout: number
}

/** Measures what a page costs during the next `duration` seconds. */
export async function workOf(browser: MeasuredBrowser, page: Page, duration: number): Promise<Work> {
  const inspector = await PageInspector.attach(page)
  const [before, cpuBefore] = [await inspector.metrics(), await browser.cpuTime()]
  await sleep(duration * 1000)
  const [after, cpuAfter] = [await inspector.metrics(), await browser.cpuTime()]
  const seconds = after.Timestamp - before.Timestamp
  const share = (name: keyof typeof after) => (after[name] - before[name]) / seconds
  return {
    busy: share('TaskDuration'),
    cores: (cpuAfter - cpuBefore) / 1e6 / seconds,
    script: share('ScriptDuration'),
    layout: share('LayoutDuration') + share('RecalcStyleDuration'),
  }
}

/** "12.3 % (0.45 cores for the whole browser)", the medians */
export function work(all: readonly Work[]): string {
  return `${percent(median(all.map(({ busy }) => busy)))} (${median(all.map(({ cores }) => cores)).toFixed(2)} cores for the whole browser)`
}

/** "12.3 %" */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
