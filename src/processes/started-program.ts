import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { ExpectedError, messageOf } from '../core/errors.ts'

/** A program cannot be started. */
export class NotStarted extends ExpectedError {
  /** Why, for the operator: "ENOENT". Not the system's message, which repeats the arguments. */
  readonly code: string

  constructor(error: unknown) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
    super(`the program could not be started (${code}).`)
    this.name = 'NotStarted'
    this.code = code
  }
}

/** How a program ended: with a code, or by a signal. */
export interface ProgramExit {
  readonly code: number | null
  readonly killedBy: NodeJS.Signals | null
}

/** A program that runs. */
export interface StartedProgram<Child extends ChildProcess> {
  readonly child: Child
  /** Of its first process, which leads its process group. */
  readonly id: number
  /** Settles when its first process has ended; its pipes may still hold what it has written. */
  readonly exited: Promise<ProgramExit>
}

/** Of ours it gets nothing: our environment may hold keys. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' }

/** What all programs are started with: no shell, a minimal environment, a process group of their own. */
export const START_OPTIONS = { cwd: '/', detached: true, env: ENVIRONMENT, shell: false } satisfies SpawnOptions

/**
 * Starts a program.
 * @param start calls `spawn`, with `START_OPTIONS` and pipes
 * @throws NotStarted
 */
export async function startProgram<Child extends ChildProcess>(start: () => Child): Promise<StartedProgram<Child>> {
  let child: Child
  try {
    child = start()
  } catch (error) {
    throw new NotStarted(error)
  }
  const exited = new Promise<ProgramExit>((resolve, reject) => {
    child.once('exit', (code, killedBy) => resolve({ code, killedBy }))
    child.once('error', (error) => reject(new NotStarted(error)))
  })
  // It fails instead of ending only if it has no id.
  if (child.pid === undefined) await exited
  if (child.pid === undefined) throw new Error('a program that runs has an id')
  return { child, id: child.pid, exited }
}
