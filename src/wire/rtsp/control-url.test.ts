import { expect, it } from 'vitest'
import { baseUrl, controlUrl } from './control-url.ts'

it.each([
  ['rtsp://c/live', undefined, 'rtsp://c/live'],
  ['rtsp://c/live', '*', 'rtsp://c/live'],
  ['rtsp://c/live', 'trackID=0', 'rtsp://c/live/trackID=0'],
  ['rtsp://c/live/', 'trackID=0', 'rtsp://c/live/trackID=0'],
  ['rtsp://c/live/', '/trackID=0', 'rtsp://c/live/trackID=0'],
  ['rtsp://c/live', '/trackID=0', 'rtsp://c/live/trackID=0'],
  ['rtsp://c/live', '?ctype=video', 'rtsp://c/live?ctype=video'],
  ['rtsp://c/realmonitor?channel=1&subtype=0/', 'trackID=0', 'rtsp://c/realmonitor?channel=1&subtype=0/trackID=0'],
  ['rtsp://c/live', 'rtsp://10.0.0.2:554/live/track1', 'rtsp://10.0.0.2:554/live/track1'],
  ['rtsp://c/live', 'rtsp://admin:secret@c/live/track1', 'rtsp://c/live/track1'],
])('below %s, %s is %s', (base, control, url) => {
  expect(controlUrl(base, control)).toBe(url)
})

it.each([
  [[], 'rtsp://c:554/live?a=1'],
  [['', undefined], 'rtsp://c:554/live?a=1'],
  [['rtsp://c:554/live/'], 'rtsp://c:554/live/'],
  [[undefined, 'rtsp://c/other'], 'rtsp://c/other'],
  [['/base/'], 'rtsp://c:554/base/'],
  [['base/'], 'rtsp://c:554/base/'],
])('the base by %j is %s', (given, base) => {
  expect(baseUrl('rtsp://c:554/live?a=1', given)).toBe(base)
})
