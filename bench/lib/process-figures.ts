import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * CPU time that a process has used so far, in µs: user and kernel, all its threads. The scheduler's own count
 * (nanoseconds), since the usual one of /proc/PID/stat ticks 100 times a second.
 */
export function cpuTime(pid: number): number {
  let ns = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0])
    } catch {
      // The thread ended in this very moment.
    }
  }
  return ns / 1000
}

/** CPU time that a process uses in the `seconds` to come, µs. */
export async function cpuTimeDuring(pid: number, seconds: number): Promise<number> {
  const before = cpuTime(pid)
  await sleep(seconds * 1000)
  return cpuTime(pid) - before
}

/** Memory of a process that is in RAM, in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no VmRSS`)
  return Number(kilobytes) * 1024
}
