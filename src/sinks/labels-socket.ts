import { IMAGES, type ImageFrame } from '../core/frame.ts'
import type { VisitHandler } from '../core/socket.ts'
import { encodeImgHeader } from '../wire/img-message.ts'
import { binaryMessage } from '../wire/ws-frame.ts'
import { hubHeader } from './hub-header.ts'
import { framesOf, Sender, type SinkParts } from './sender.ts'

/** `WS /ws/labels/{label}`: every new frame of a site's cameras, pushed (detection hub, second generation). */
export function labelsSocket(parts: SinkParts): VisitHandler {
  return (visit) => {
    const { label = '' } = visit.params
    const sender = new Sender(parts, visit.socket, visit.principal, {
      dialect: 'labels',
      accepts: IMAGES,
      confirmation: 'pong',
      outlet: (viewer) => framesOf(viewer, labelsForm),
    })
    visit.socket.listen(sender.listener)
    sender.viewer.watch(0, { label })
    if (sender.viewer.streams.length > 0) return
    visit.socket.send(JSON.stringify({ error: `No keys found for label '${label}'` }))
    visit.socket.close(1000, 'no such label')
  }
}

function labelsForm(frame: ImageFrame) {
  return binaryMessage(
    encodeImgHeader({ key: frame.stream.key, ...hubHeader(frame), id: frame.id }),
    frame.payload.bytes,
  )
}
