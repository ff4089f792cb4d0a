import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closing-line.ts'

/** What sets a suite apart. */
interface Suite {
  readonly include: readonly string[]
  /** How many of its files run at the same time; one where time is measured. */
  readonly workers: number
  /** Whether its tests share a Chromium. */
  readonly browser: boolean
  /** What one test may take, ms. */
  readonly timeout: number
}

/** Projects of their own: `npm test -- contract` runs one of them. They run one after the other. */
const SUITES: Readonly<Record<string, Suite>> = {
  unit: {
    include: ['src/**/*.test.ts', 'client/**/*.test.ts', 'web/**/*.test.ts'],
    workers: 2,
    browser: false,
    timeout: 10_000,
  },
  contract: { include: ['test/contract/**/*.test.ts'], workers: 2, browser: false, timeout: 30_000 },
  faults: { include: ['test/faults/**/*.test.ts'], workers: 2, browser: false, timeout: 30_000 },
  e2e: { include: ['test/e2e/**/*.test.ts'], workers: 3, browser: true, timeout: 30_000 },
  timing: { include: ['test/timing/**/*.test.ts'], workers: 1, browser: true, timeout: 30_000 },
}

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    projects: Object.entries(SUITES).map(([name, { include, workers, browser, timeout }], order) => ({
      extends: true,
      test: {
        name,
        include: [...include],
        maxWorkers: workers,
        sequence: { groupOrder: order },
        testTimeout: timeout,
        globalSetup: browser ? ['test/support/shared-chromium.ts'] : [],
      },
    })),
    coverage: {
      provider: 'v8',
      include: ['src/**', 'client/**', 'web/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text', 'html'],
    },
  },
})
