import { writeSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Ends the output of a test run with one plain line, "12 passed, 0 failed", for people in a hurry and for programs. A
 * file that could not be run at all, and an error outside of any test, count as one failed each.
 */
export class ClosingLine implements Reporter {
  private line = '0 passed, 0 failed'

  onInit(): void {
    // Coverage is reported after the run has ended, and only what is written at exit comes after that.
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
