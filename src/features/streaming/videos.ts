import type { DefaultCamera } from '../../core/default-camera.ts'
import { qualityNamed } from '../../core/demand.ts'
import type { Hub } from '../../core/hub.ts'
import { noCamera, type VideoRouteParts } from '../../http/routes/video-routes.ts'
import { SlateThread } from '../../sinks/mjpeg/slate-thread.ts'
import { Slates } from '../../sinks/mjpeg/slates.ts'
import { Videos } from '../../sinks/mjpeg/videos.ts'
import type { SocketIoClientParts } from '../../sinks/socket-io/client.ts'
import type { House } from '../feature.ts'
import { sharedPlaces } from './shared-places.ts'

/** What the routes of MJPEG are made of. */
export function videoRoutes(house: House, camera: DefaultCamera): VideoRouteParts {
  const { clock, log, hub, guard, openResponse, config } = house
  const { streaming } = config
  const slates = new Slates({ painter: new SlateThread(clock), mostKept: streaming.max_videos, clock, log })
  house.onClosing(() => slates.close())
  const fullRetry = streaming.full_retry_s * 1000
  const videos = new Videos({
    ...house.sinks,
    slates,
    slateInterval: streaming.slate_interval * 1000,
    unreadAfter: config.http.answer_timeout_s * 1000,
    places: sharedPlaces(streaming, streaming.max_videos, streaming.videos_per_client),
    fullRetry,
  })
  return {
    hub,
    guard,
    videos,
    openResponse,
    noteRefusal: guard.noteRefusal,
    camera,
    fullRetry,
    sizes: config.renditions,
  }
}

/** Tells clients of Socket.IO where the default camera's video is. */
export function videoAddresses(hub: Hub, camera: DefaultCamera): SocketIoClientParts['videoFor'] {
  return (principal, id, word) => {
    const stream = camera.of(principal)
    if (!stream) throw noCamera()
    if (!hub.directory.isKnown(principal, stream)) throw noCamera()
    const quality = word === undefined ? 'medium' : qualityNamed(word)
    return { stream_url: `/stream/video/${encodeURIComponent(id)}?quality=${quality}`, quality }
  }
}
