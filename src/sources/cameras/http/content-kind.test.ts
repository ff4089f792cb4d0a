import { expect, it } from 'vitest'
import { jpeg, png } from '../../../../test/support/pictures.ts'
import { contentKind } from './content-kind.ts'

const kind = (type: string, start: string | Uint8Array) => contentKind(type, Buffer.from(start as string))

it.each([
  ['multipart/x-mixed-replace', '', 'mjpeg'],
  ['text/plain', '--boundary\r\nContent-Type: image/jpeg', 'mjpeg'],
  ['', '\r\n--boundary\r\n', 'mjpeg'],
  ['image/jpeg', jpeg(8, 8), 'snapshot'],
  ['text/html', jpeg(8, 8), 'snapshot'],
  ['application/vnd.apple.mpegurl', '#EXTM3U\n', 'hls'],
  ['text/plain', '\u{feff}#EXTM3U\r\n', 'hls'],
])('%s that begins with %j is %s', (type, start, expected) => expect(kind(type, start)).toBe(expected))

it.each([
  ['text/html', 'x', /web page instead of a picture, perhaps to log in/],
  ['', '<!DOCTYPE html><html>', /web page/],
  ['image/jpeg', '<html>', /web page/],
  ['application/json', '{}', /answers with application\/json instead/],
  ['image/jpeg', '', /answers with nothing/],
  ['image/jpeg', png(8, 8), /answers with image\/png instead/],
  ['video/mp4', '', /video file \(video\/mp4\)/],
  ['<script>', 'abc', /something of no known type/],
])('%s that begins with %j is told as what it is', (type, start, message) =>
  expect(() => kind(type, start)).toThrow(message),
)
