import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closing-line.ts'

/** What sets a suite apart. */
interface Suite {
  readonly include: readonly string[]
  readonly order: number
  /** How many files of its order run at the same time: few where it matters how long something takes, one where it is measured. */
  readonly workers: number
  /** Whether its tests share a Chromium, and their servers have the built page. */
  readonly browser: boolean
}

/**
 * Projects of their own: `npm test -- contract` runs one of them. Those of one order run at the same time, the others one
 * after the other.
 */
const SUITES: Readonly<Record<string, Suite>> = {
  unit: {
    include: ['src/**/*.test.ts', 'demo/**/*.test.ts', 'client/**/*.test.ts', 'web/**/*.test.ts'],
    order: 1,
    workers: 3,
    browser: false,
  },
  contract: { include: ['test/contract/**/*.test.ts'], order: 2, workers: 4, browser: false },
  faults: { include: ['test/faults/**/*.test.ts'], order: 2, workers: 4, browser: false },
  e2e: { include: ['test/e2e/**/*.test.ts'], order: 3, workers: 4, browser: true },
  live: { include: ['test/live/**/*.test.ts'], order: 4, workers: 2, browser: true },
  timing: { include: ['test/timing/**/*.test.ts'], order: 5, workers: 1, browser: true },
}

/**
 * Servers in the tests have buffers like any server (scripts/lib/server.mjs tells what each flag does), and several
 * workers share the processors: without these a seventh of their time more is collecting garbage.
 */
const V8_FLAGS = ['--external-memory-accounted-in-global-limit', '--heap-growing-percent=50', '--v8-pool-size=1']

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    // Files that follow one another in a worker share what they import, which is half of what the small ones take; so
    // what a test puts in the place of something is taken out again after it.
    isolate: false,
    execArgv: V8_FLAGS,
    restoreMocks: true,
    unstubGlobals: true,
    // Far beyond what anything needs, also on a machine that is busy: it only keeps a broken test from hanging.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: Object.entries(SUITES).map(([name, { include, order, workers, browser }]) => ({
      extends: true,
      test: {
        name,
        include: [...include],
        maxWorkers: workers,
        sequence: { groupOrder: order },
        globalSetup: browser ? ['test/support/shared-chromium.ts'] : [],
        // The page is a route a file, which is a third of what a server takes to start; who needs it brings it.
        env: browser ? {} : { BELVEDERE_TEST_PAGE_DIR: 'no page' },
      },
    })),
    coverage: {
      provider: 'v8',
      include: ['src/**', 'demo/**', 'client/**', 'web/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text', 'html'],
    },
  },
})
