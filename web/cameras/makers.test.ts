import { expect, it } from 'vitest'
import { readCameraUrl } from '../../src/core/camera-url.ts'
import { hasPathOf, MAKERS, makerUrl, placeholderIn } from './makers.ts'

const [amcrest] = MAKERS

it('every usual address is one that the server reads, and says what is to be put in', () => {
  for (const { url, name } of MAKERS) {
    expect(readCameraUrl(url, 'anybody').url, name).toBe(url)
    expect(placeholderIn(url), name).toBeDefined()
  }
})

it.each([
  ['192.168.1.20', '192.168.1.20'],
  ['  camera.lan:8080 ', 'camera.lan'],
  ['http://admin:secret@192.168.1.20:80/index.html', '192.168.1.20'],
  ['rtsp://[fe80::1]:554/x', '[fe80::1]'],
])('the address that was typed is put in: %s', (typed, host) => {
  if (!amcrest) throw new Error('there are no makers')
  expect(makerUrl(amcrest, typed)).toBe(`rtsp://${host}:554/cam/realmonitor?channel=1&subtype=0`)
})

it('stays to be put in where nothing was typed, or only another usual address', () => {
  for (const typed of ['', 'rtsp://ADDRESS:554/stream1']) expect(amcrest && makerUrl(amcrest, typed)).toBe(amcrest?.url)
})

it('what a maker says of its addresses holds while path and query are the same', () => {
  if (!amcrest) throw new Error('there are no makers')
  expect(hasPathOf(amcrest, 'rtsp://10.0.0.9/cam/realmonitor?channel=1&subtype=0')).toBe(true)
  expect(hasPathOf(amcrest, 'rtsp://10.0.0.9/cam/realmonitor?channel=2&subtype=0')).toBe(false)
})
