import { readFile } from 'node:fs/promises'

/**
 * How much memory a process has in use (its resident set), bytes; undefined where the system does not tell (`/proc`, Linux) or
 * it has ended.
 */
export async function memoryUse(id: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${id}/status`, 'latin1').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}
