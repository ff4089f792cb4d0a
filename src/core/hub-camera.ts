import type { CameraSettings } from './camera.ts'
import type { CameraEntry } from './camera-runner.ts'
import type { HubCamera } from './camera-store.ts'
import { readCameraUrl } from './camera-url.ts'
import { messageOf } from './errors.ts'
import { streamOfConfig } from './hub-camera-list.ts'
import { type StreamName, streamId } from './stream-name.ts'

/**
 * The cameras that the detection hub's list makes known: those with a site and a stream name, the first of each stream.
 * Nothing is pulled of them unless somebody has switched it on.
 */
export function hubEntries(cameras: readonly HubCamera[]): CameraEntry[] {
  const found = new Map<string, CameraEntry>()
  for (const camera of cameras) {
    const stream = streamOfConfig(camera.config)
    if (stream && !found.has(streamId(stream))) found.set(streamId(stream), entryOf(stream, camera))
  }
  return [...found.values()]
}

function entryOf(stream: StreamName, camera: HubCamera): CameraEntry {
  const { runs = 'off', certificate = 'verified', transport = 'auto' } = camera.pull ?? {}
  const settings: CameraSettings = { stream, url: '', runs, certificate, transport }
  if (camera.problem !== undefined) return { settings, problem: camera.problem }
  try {
    const { url, user, password } = readCameraUrl(camera.config.video_url, 'anybody')
    return { settings: { ...settings, url, user: user || undefined, password: password || undefined } }
  } catch (error) {
    return { settings, problem: `Its address cannot be pulled: ${messageOf(error)}.` }
  }
}
