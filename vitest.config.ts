import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closing-line.ts'

/**
 * A suite is a project: `npm test -- contract` runs one of them. No two run at the same time.
 * @param order which comes first
 * @param workers how many of its files run at the same time; one where something is measured or seen
 */
const suite = (name: string, include: string[], { order, workers }: { order: number; workers: number }) => ({
  extends: true as const,
  test: {
    name,
    include,
    maxWorkers: workers,
    sequence: { groupOrder: order },
    testTimeout: name === 'unit' ? 10_000 : 30_000,
  },
})

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    projects: [
      suite('unit', ['src/**/*.test.ts', 'client/**/*.test.ts', 'web/**/*.test.ts'], { order: 1, workers: 2 }),
      suite('contract', ['test/contract/**/*.test.ts'], { order: 2, workers: 2 }),
      suite('faults', ['test/faults/**/*.test.ts'], { order: 3, workers: 1 }),
      suite('e2e', ['test/e2e/**/*.test.ts'], { order: 4, workers: 1 }),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'client/**', 'web/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text', 'html'],
    },
  },
})
