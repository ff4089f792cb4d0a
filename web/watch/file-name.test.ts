import { describe, expect, it } from 'vitest'
import { fileName } from './file-name.ts'

const receivedAt = Date.UTC(2026, 10, 21, 14, 3, 22, 45)
const named = (label: string, key: string) => ({ stream: { label, key }, receivedAt })

describe('fileName', () => {
  it('tells stream and time, with the ending of the picture’s type', () => {
    expect(fileName(named('site', 'cam 1'), 'image/jpeg')).toBe('site_cam-1_20261121T140322.045Z.jpg')
    expect(fileName(named('site', 'a'), 'image/webp', '_overlay')).toBe('site_a_20261121T140322.045Z_overlay.webp')
  })

  it('keeps any language, and nothing that leads out of a folder', () => {
    expect(fileName(named('工地', '../../etc/pass<wd>'), 'image/png')).toBe('工地_etc-pass-wd_20261121T140322.045Z.png')
    expect(fileName(named('..', '///'), 'image/png')).toBe('picture_picture_20261121T140322.045Z.png')
  })

  it('is not longer than file systems take', () => {
    const name = fileName(named('工'.repeat(200), 'x'.repeat(200)), 'image/png')
    expect(new TextEncoder().encode(name).length).toBeLessThan(300)
  })
})
