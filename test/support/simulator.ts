import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { until } from './until.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** A process that sends a bsread stream, killed at the end of the test. */
export class Simulator {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  /**
   * `belvedere simulate beamline` with images of 64 × 48, 50 a second, on a free port.
   * @param args in addition, or instead
   */
  static beamline(...args: readonly string[]): Promise<Simulator> {
    const usual = ['--output-port', '0', '--size', '64x48', '--rate', '50']
    return Simulator.run(process.execPath, [MAIN, 'simulate', 'beamline', ...usual, ...args])
  }

  /** Any program that says on its first line that it sends at "tcp://…:PORT". */
  static async run(program: string, args: readonly string[]): Promise<Simulator> {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    let port = Number.NaN
    await until(() => {
      port = Number(/tcp:\/\/\S+:(\d+)/.exec(output)?.[1])
      return port > 0 || child.exitCode !== null
    }, `a port on the output of ${program}`)
    if (!(port > 0)) throw new Error(`${program} ended without saying where it sends: ${output}`)
    return new Simulator(child, port)
  }

  /** Sends it a signal; SIGKILL is waited for. */
  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    if (signal === 'SIGKILL') await exited
  }
}
