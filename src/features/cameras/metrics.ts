import type { CameraStatus } from '../../core/camera.ts'
import type { KnownCameras } from '../../core/known-cameras.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

/** Adds the metrics of cameras that are pulled, by "label/key". */
export function addCameraMetrics(metrics: Metrics, known: KnownCameras): void {
  const by = (read: (status: CameraStatus) => number) => () =>
    Object.fromEntries(
      known.all.flatMap(({ running }) => {
        if (!running) return []
        const { label, key } = running.settings.stream
        return [[`${label}/${key}`, read(running.status)] as const]
      }),
    )
  const counters = (name: string, help: string, read: (status: CameraStatus) => number) =>
    metrics.addCounters(`belvedere_camera_${name}_total`, help, 'camera', by(read))
  const gauges = (name: string, help: string, read: (status: CameraStatus) => number) =>
    metrics.addGauges(`belvedere_camera_${name}`, help, 'camera', by(read))
  counters('bytes', 'Bytes of video received from a camera', ({ bytes }) => bytes)
  counters('restarts', 'How often it had to be connected anew', ({ restarts }) => restarts)
  gauges(
    'bytes_per_second',
    'Bytes of video a second, over the last few seconds',
    ({ bytesPerSecond }) => bytesPerSecond,
  )
  gauges('frames_per_second', 'Pictures a second that it sends, over the last few seconds', ({ rate }) => rate)
  gauges('live', 'Whether its video comes (1) or not (0)', ({ state }) => Number(state === 'live'))
  gauges('failed', 'Whether it has failed and is tried again, or not any more (1), or not (0)', ({ state }) =>
    Number(state === 'failed' || state === 'stopped'),
  )
  gauges('decoding', 'Whether its pictures are decoded (1) or not (0)', ({ isDecoding }) => Number(isDecoding))
}
