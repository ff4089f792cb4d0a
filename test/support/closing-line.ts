import { writeSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * A Vitest reporter that ends the output with one plain summary line, "12 passed, 0 failed", for people and for
 * scripts. A file that could not be run, and an error outside of any test, count as one failure each.
 */
export class ClosingLine implements Reporter {
  private line = '0 passed, 0 failed'

  onInit(): void {
    // Coverage is reported after the run has ended; only output at exit comes later.
    process.once('exit', () => writeSync(1, `${this.line}\n`))
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const passed = tests.filter((test) => test.result().state === 'passed').length
    const failed = tests.filter((test) => test.result().state === 'failed').length
    const broken = modules.filter((module) => module.errors().length > 0).length
    this.line = `${passed} passed, ${failed + broken + errors.length} failed`
  }
}
