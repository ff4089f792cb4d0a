import { DefaultPicture } from '../../core/default-picture.ts'
import { beamlineRoutes } from '../../http/routes/beamline-routes.ts'
import { BeamlinePictures } from '../../sinks/beamline-pictures.ts'
import type { BeamlineParts } from '../../sinks/socket-io/beamline-client.ts'
import { ToldFrames } from '../../sinks/told-frames.ts'
import type { House } from '../feature.ts'
import { streamNamed } from './stream-named.ts'

/** The old beamline page: adds the route of its picture. @returns what its clients on Socket.IO need */
export function beamlinePage({ app, guard, hub, clock, sinks, instruments, config }: House): BeamlineParts {
  const picture = new DefaultPicture(instruments, streamNamed('instruments.default', config.instruments.default))
  const nextWait = config.streams.next_wait_ms
  const told = new ToldFrames(clock, nextWait)
  const pictures = new BeamlinePictures({
    ...sinks,
    maxStart: config.snapshot.max_wait_s * 1000,
    nextWait,
    instruments,
    picture,
    told,
  })
  beamlineRoutes(app, { guard, pictures })
  return { hub, clock, instruments, picture, told, maxFps: config.instruments.page_fps }
}
