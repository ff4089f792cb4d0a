import type { Clock } from './clock.ts'
import type { Report } from './report.ts'

/** What is needed to watch a disk. */
export interface DiskParts {
  readonly clock: Clock
  readonly report: Report
  /** A folder on the disk, for people. */
  readonly path: string
  /** How many bytes are free there. */
  readonly freeBytes: () => Promise<number>
  /** Below so many free bytes the disk counts as nearly full. */
  readonly least: number
}

/**
 * Looks once a minute how much of a disk is free, and reports to admins when it is nearly full: once, until clearly more
 * is free again (hysteresis). @returns stops
 */
export function watchDisk({ clock, report, path, freeBytes, least }: DiskParts): () => void {
  let isLow = false
  let isStopped = false
  let cancel = () => {}
  const look = async () => {
    try {
      const free = await freeBytes()
      if (free < least && !isLow) {
        isLow = true
        report({ type: 'disk_nearly_full', priority: 'HIGH', needs: 'administer', data: { free_bytes: free, path } })
      } else if (free > least * FREE_AGAIN) isLow = false
    } catch {
      // How full it is cannot be told here.
    }
    // Only now: of a disk that does not answer nothing more is asked.
    if (!isStopped) cancel = clock.after(PERIOD_MS, () => void look())
  }
  cancel = clock.after(PERIOD_MS, () => void look())
  return () => {
    isStopped = true
    cancel()
  }
}

const PERIOD_MS = 60_000
/** How many times what is needed must be free before the next report. */
const FREE_AGAIN = 1.1
