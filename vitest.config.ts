import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closing-line.ts'

/** A suite is a project: `npm test -- contract` runs one of them. Only `unit` may run files at the same time. */
const suite = (name: string, include: string[], serial: boolean) => ({
  extends: true as const,
  test: { name, include, fileParallelism: !serial, testTimeout: serial ? 30_000 : 10_000 },
})

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    projects: [
      suite('unit', ['src/**/*.test.ts', 'client/**/*.test.ts', 'web/**/*.test.ts'], false),
      suite('contract', ['test/contract/**/*.test.ts'], true),
      suite('faults', ['test/faults/**/*.test.ts'], true),
      suite('e2e', ['test/e2e/**/*.test.ts'], true),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'client/**', 'web/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text', 'html'],
    },
  },
})
