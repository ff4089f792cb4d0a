import { availableParallelism } from 'node:os'
import type { Config } from '../../config/all-settings.ts'
import { DEFAULT_COLOURING } from '../../core/colouring.ts'
import { atMostHalf } from '../../core/quota.ts'
import { RenditionMaker, type RenditionRules } from '../../renditions/rendition-maker.ts'
import { ScalerPool } from '../../renditions/scaler-pool.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Feature } from '../feature.ts'

/** Smaller pictures of streams, for `/ws/live`, snapshots and MJPEG. */
export const renditions: Feature = {
  name: 'renditions',
  install({ config, hub, clock, log, metrics, onClosing }) {
    let threadFailures = 0
    const scaler = new ScalerPool({
      clock,
      rules: {
        threads: config.renditions.threads ?? Math.max(1, availableParallelism() - 1),
        maxPixels: config.renditions.max_megapixels * 1e6,
        jobTimeout: config.renditions.time_limit_s * 1000,
      },
      onFailure(reason) {
        threadFailures++
        log.warn({ reason }, 'a thread that makes smaller pictures failed and is replaced')
      },
    })
    metrics.addCounter(
      'belvedere_rendition_thread_failures_total',
      'Threads that crashed, took too long or could not be started',
      () => threadFailures,
    )
    const maker = new RenditionMaker({
      clock,
      log,
      counters: metrics,
      scaler,
      rules: rulesOf(config.renditions),
      reroute: (stream) => hub.reroute(stream),
      judge: (stream, found) => hub.judge(stream, found),
    })
    hub.takeRenditionsFrom(maker)
    hub.observe({ changed() {}, forgotten: (stream) => maker.forget(stream) })
    addMetrics(metrics, maker)
    onClosing(async () => {
      maker.close()
      await scaler.close()
    })
  },
}

function addMetrics(metrics: Metrics, maker: RenditionMaker): void {
  const { counts } = maker
  const gauge = metrics.addGauge.bind(metrics)
  const counter = metrics.addCounter.bind(metrics)
  gauge('belvedere_renditions', 'Renditions that pictures are made for', () => maker.running)
  gauge(
    'belvedere_rendition_values_bytes',
    'Memory that the newest values may take that are kept for viewers, quantised or converted',
    () => maker.valuesBytes,
  )
  gauge(
    'belvedere_rendition_waiting',
    'Pictures, and values to be written, that wait for a thread',
    () => maker.waiting,
  )
  counter(
    'belvedere_rendition_made_total',
    'Pictures that were made, and values that were quantised or converted for viewers',
    () => counts.made,
  )
  counter(
    'belvedere_rendition_passed_on_total',
    'Frames of renditions whose picture was right as it was',
    () => counts.passedOn,
  )
  counter(
    'belvedere_rendition_skipped_total',
    'Frames that gave way to a newer one while they waited for a thread',
    () => counts.skipped,
  )
  counter(
    'belvedere_rendition_damaged_total',
    'Frames that pictures were made of though a part of their data is damaged',
    () => counts.damaged,
  )
  metrics.addCounters(
    'belvedere_rendition_failed_total',
    'Attempts at a picture that failed, by the reason',
    'reason',
    () => counts.failed,
  )
}

function rulesOf(config: Config['renditions']): RenditionRules {
  const { low, medium, high, widths, max, per_client, reserved, waiting, waiting_per_client, waiting_reserved } = config
  const { values_bytes, values_bytes_per_client, values_bytes_reserved } = config
  return {
    rungs: {
      qualities: { low: qualityOf(low), medium: qualityOf(medium), high: qualityOf(high) },
      widths,
      jpegQuality: config.jpeg_quality,
      colouring: { ...DEFAULT_COLOURING, colormap: config.colormap },
    },
    places: { max, share: per_client, reserved: atMostHalf(reserved, max) },
    values: {
      max: values_bytes,
      share: values_bytes_per_client,
      reserved: atMostHalf(values_bytes_reserved, values_bytes),
    },
    waiting: { max: waiting, share: waiting_per_client, reserved: atMostHalf(waiting_reserved, waiting) },
    maxPixels: config.max_megapixels * 1e6,
  }
}

function qualityOf({ width, height, fps, jpeg_quality }: Config['renditions']['low']) {
  return { width, height, maxFps: fps, jpegQuality: jpeg_quality }
}
