import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The CPU time of a process so far, in µs: user and kernel, all threads. From the scheduler's statistics (nanoseconds),
 * since /proc/PID/stat counts in ticks of 10 ms.
 */
export function cpuTime(pid: number): number {
  return timeOfThreads(pid, () => true)
}

/** The same of those threads that have a name: of the workers that make renditions, "renditions". */
export function cpuTimeOf(pid: number, thread: string): number {
  return timeOfThreads(pid, (task) => readFileSync(`${task}/comm`, 'utf8').trim() === thread)
}

function timeOfThreads(pid: number, isCounted: (task: string) => boolean): number {
  let ns = 0
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    const task = `/proc/${pid}/task/${id}`
    try {
      if (isCounted(task)) ns += Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ', 1)[0])
    } catch {
      // The thread has just ended.
    }
  }
  return ns / 1000
}

/** Measures the CPU time of a process during the next `seconds`, µs. */
export async function cpuTimeDuring(pid: number, seconds: number): Promise<number> {
  const [used = Number.NaN] = await cpuTimesDuring([pid], seconds)
  return used
}

/** Measures the CPU times of several processes during the same `seconds`, µs. */
export async function cpuTimesDuring(pids: readonly number[], seconds: number): Promise<number[]> {
  const before = pids.map(cpuTime)
  await sleep(seconds * 1000)
  return pids.map((pid, i) => cpuTime(pid) - (before[i] ?? Number.NaN))
}

/** The resident set size (RSS) of a process, bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no VmRSS`)
  return Number(kilobytes) * 1024
}

/** The memory of a process in which pages that several share count by their share (PSS), bytes. */
export function proportionalBytes(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/smaps_rollup tells no Pss`)
  return Number(kilobytes) * 1024
}
