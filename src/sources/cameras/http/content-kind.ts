import { sniff } from '../../../wire/image-header.ts'
import { CameraFailure } from '../camera-input.ts'

/** What a camera can answer with that can be shown. */
export type ContentKind = 'mjpeg' | 'snapshot' | 'hls'

/** How many of its first bytes tell what an answer is. */
export const TELLING_BYTES = 64

/**
 * What an answer is. Its first bytes count more than its type, of which cameras are careless.
 * @param type the media type, in lower case
 * @param start its first bytes
 * @throws CameraFailure `no-video` that says what it is, if it is none of them
 */
export function contentKind(type: string, start: Uint8Array): ContentKind {
  if (type.startsWith('multipart/')) return 'mjpeg'
  const image = sniff(start)
  if (image === 'image/jpeg') return 'snapshot'
  const text = Buffer.from(start)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
  if (text.startsWith('#EXTM3U')) return 'hls'
  if (text.startsWith('--') && !text.startsWith('-->')) return 'mjpeg'
  throw new CameraFailure('no-video', sentenceFor(image ?? type, text))
}

function sentenceFor(type: string, text: string): string {
  if (type === 'text/html' || type === 'application/xhtml+xml' || /^<(?:!doctype html|html|head|body)/i.test(text))
    return 'The camera answers with a web page instead of a picture, perhaps to log in: use the address of its picture (JPEG), of MJPEG or of HLS.'
  if (text === '' && !type.startsWith('video/')) return 'The camera answers with nothing: check the address.'
  if (type.startsWith('video/'))
    return `The camera answers with a video file (${type}): over HTTP use its MJPEG, HLS or JPEG, or else RTSP.`
  const what = PRINTABLE_TYPE.test(type) ? type : 'something of no known type'
  return `The camera answers with ${what} instead of a picture: use the address of its picture (JPEG), of MJPEG or of HLS.`
}

const PRINTABLE_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/
