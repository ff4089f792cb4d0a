import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuTime } from './process-figures.ts'
import { sum } from './statistics.ts'

/** The unit of /proc/PID/stat: µs of a tick, of which Linux has 100 a second on all platforms that Node runs on. */
const TICK_US = 10_000

/** The processes that descend from one, the process itself not among them. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statFields(Number(name)) : undefined
    if (!fields) continue
    const parent = Number(fields[FIELD.parent])
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const of = (parent: number): number[] => (parents.get(parent) ?? []).flatMap((child) => [child, ...of(child)])
  return of(pid)
}

/**
 * The CPU time so far of a process and all that it has started, µs. Those that have ended count too: Linux adds their time to
 * the parent that has waited for them, in ticks of 10 ms.
 */
export function cpuTimeOfTree(pid: number): number {
  return sum([pid, ...descendants(pid)].map((each) => timeWithEnded(each)))
}

/** The CPU times of several processes with all that they have started, during the same `seconds`, µs. */
export async function cpuTimesOfTreesDuring(pids: readonly number[], seconds: number): Promise<number[]> {
  const before = pids.map(cpuTimeOfTree)
  await sleep(seconds * 1000)
  return pids.map((pid, i) => cpuTimeOfTree(pid) - (before[i] ?? Number.NaN))
}

function timeWithEnded(pid: number): number {
  try {
    const fields = statFields(pid)
    const ended = Number(fields?.[FIELD.endedUser] ?? 0) + Number(fields?.[FIELD.endedSystem] ?? 0)
    return cpuTime(pid) + ended * TICK_US
  } catch {
    // It has just ended, and counts as such the next time.
    return 0
  }
}

/** The fields of /proc/PID/stat behind the program's name: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const FIELD = { parent: 1, endedUser: 13, endedSystem: 14 } as const

/** @returns undefined if it has just ended */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
