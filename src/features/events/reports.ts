import { signInReporter } from '../../access/sign-in-reporter.ts'
import { watchDisk } from '../../core/disk-reporter.ts'
import { limitReporter } from '../../core/limit-reporter.ts'
import { type Report, reportTo } from '../../core/report.ts'
import { StreamReporter } from '../../core/stream-reporter.ts'
import { freeBytes } from '../../store/files/free-bytes.ts'
import type { House } from '../feature.ts'

/** Makes events of what the server itself notices: streams and their warnings and, for admins, how it is doing. */
export function installReports(house: House): void {
  const { accounts, clock, config, hub, log, metrics: counters } = house
  const { events } = config
  const reporting = reportTo(house.events, log)
  // What ends because the server stops is not reported: no camera is offline for that, whatever is stopped first.
  const report: Report = (...event) => {
    if (!house.isClosing) reporting.report(...event)
  }
  const streams = new StreamReporter({
    clock,
    counters,
    report,
    rules: {
      statesPerMinute: events.states_per_minute,
      warningsPerMinute: events.warnings_per_minute,
      reportsPerMinute: events.reports_per_minute,
    },
  })
  const signIns = signInReporter({ clock, counters, report, perMinute: events.refused_sign_ins_per_minute })
  const stops = [
    () => streams.close(),
    hub.observe(streams),
    accounts.audit.refusals.add(signIns),
    counters.reachedLimits.add(limitReporter(clock, report)),
  ]
  house.onListening(() => {
    const path = config.data_dir
    const disk = { path, freeBytes: () => freeBytes(path), least: events.disk_free_bytes }
    stops.push(watchDisk({ clock, report, ...disk }))
  })
  house.onClosing(async () => {
    for (const stop of stops) stop()
    // Those that wait for their picture.
    await reporting.settled()
  })
}
