import { IMAGES, type ImageFrame } from '../core/frame.ts'
import type { VisitHandler } from '../core/socket.ts'
import { warningLines } from '../wire/warnings.ts'
import { textMessage } from '../wire/ws-frame.ts'
import { base64Form } from './base64-form.ts'
import { framesOf, Sender, type SinkParts } from './sender.ts'

/** `WS /api/ws/stream/{label}/{key}`: every new frame of one camera as JSON (detection hub, first generation). */
export function apiStreamSocket(parts: SinkParts): VisitHandler {
  return (visit) => {
    const { label = '', key = '' } = visit.params
    const sender = new Sender(parts, visit.socket, visit.principal, {
      dialect: 'api-stream',
      accepts: IMAGES,
      confirmation: 'pong',
      outlet: (viewer) => framesOf(viewer, apiStreamForm),
    })
    visit.socket.listen(sender.listener)
    sender.viewer.watch(0, { label, key })
    if (sender.viewer.streams.length > 0) return
    visit.socket.send('{"error":"No new data available"}')
    visit.socket.close(1000, 'no such stream')
  }
}

function apiStreamForm(frame: ImageFrame) {
  const warnings = warningLines(frame.annotations?.warnings ?? '').join('\n')
  return textMessage(JSON.stringify({ id: frame.id, image: frame.form(base64Form), warnings }))
}
