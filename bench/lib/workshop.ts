import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The benchmark's temporary folder, deleted at its end, and the programs compiled into it. */
export class Workshop implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'belvedere-bench-'))
  readonly #compiled = new Map<string, string>()

  /** The path of a C program of bench/c, compiled on first use. */
  program(
    name:
      | 'viewers'
      | 'readers'
      | 'sender'
      | 'discard'
      | 'relay'
      | 'scale-jpeg'
      | 'zmtp-receive'
      | 'pulse-times'
      | 'forward',
  ): string {
    const known = this.#compiled.get(name)
    if (known !== undefined) return known
    const program = join(this.folder, name)
    const source = join(import.meta.dirname, '..', 'c', `${name}.c`)
    const options = OPTIONS[name] ?? ['-O2', '-pthread']
    execFileSync('cc', ['-o', program, source, ...options], { stdio: 'inherit' })
    this.#compiled.set(name, program)
    return program
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** How some are compiled. -O3 vectorizes the loops over pixels. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'scale-jpeg': ['-O3', '-lturbojpeg'],
  'zmtp-receive': ['-O2', '-lzmq'],
  'pulse-times': ['-O2', '-lzmq'],
  forward: ['-O2', '-lzmq'],
}

/** A TCP port that was free a moment ago, for programs that need one in advance. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
