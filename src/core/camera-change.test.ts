import { describe, expect, it } from 'vitest'
import type { CameraSettings } from './camera.ts'
import { changedCamera } from './camera-change.ts'

const GATE: CameraSettings = {
  stream: { label: 'North', key: 'gate' },
  url: 'rtsp://cam:554/live?token=abcd',
  user: 'admin',
  password: 'geheim',
  runs: 'on-demand',
  certificate: 'verified',
  transport: 'auto',
}
const SHOWN = 'rtsp://cam:554/live?token=***'

describe('a changed camera', () => {
  it.each([
    [{}, {}],
    [{ url: SHOWN }, {}],
    [{ url: ` ${SHOWN} `, key: 'yard' }, { stream: { label: 'North', key: 'yard' } }],
    [
      { runs: 'off', certificate: 'any', transport: 'udp' },
      { runs: 'off', certificate: 'any', transport: 'udp' },
    ],
    [{ url: 'http://CAM/snap' }, { url: 'http://CAM/snap' }],
    [{ url: 'rtsp://root@cam/' }, { url: 'rtsp://cam/', user: 'root' }],
    [{ url: 'rtsp://root:neu@other/' }, { url: 'rtsp://other/', user: 'root', password: 'neu' }],
    [{ url: 'rtsp://admin:***@cam/' }, { url: 'rtsp://cam/' }],
    [{ url: `rtsp://root:***@${SHOWN.slice(7)}` }, { user: 'root' }],
    [{ password: '***', user: 'root' }, { user: 'root' }],
    [
      { url: 'rtsp://other/', password: 'neu' },
      { url: 'rtsp://other/', password: 'neu' },
    ],
    [
      { url: 'rtsp://other/', password: '' },
      { url: 'rtsp://other/', password: undefined },
    ],
    [
      { user: '', password: '' },
      { user: undefined, password: undefined },
    ],
  ] as const)('%j has what is stored but for that', (change, expected) => {
    expect(changedCamera(GATE, change)).toEqual({ ...GATE, ...expected })
  })

  it.each([
    [{ url: 'rtsp://evil/live' }, 'password: type it again, as it is kept for cam only'],
    [{ url: 'rtsp://cam:8554/live' }, 'password: type it again, as it is kept for cam only'],
    [{ url: 'http://cam:554/' }, 'password: type it again'],
    [{ url: 'rtmp://cam\\x.evil/live' }, 'url: a host has no'],
    [{ url: 'rtmp://cam%2eevil/live' }, 'url: a host has no'],
    [{ url: 'rtsp://cam./live' }, 'password: type it again'],
    [{ url: 'rtsp://admin@evil/live' }, 'password: type it again'],
    [{ url: 'rtsp://admin:***@evil/live' }, 'password: type it again'],
    [{ url: 'rtsp://evil/live', password: '***' }, 'password: type it again'],
    [{ url: 'rtsp://evil:554/live?token=***', password: 'x' }, 'url: the masked password in it is kept for the same'],
    [{ url: 'rtsp://cam:554/other?token=***' }, 'url: the masked password in it is kept for the same address only'],
    [{ url: 'exec:sh' }, 'url: exec: runs a program'],
    [{ url: 'file:///etc/passwd' }, 'url: files and video devices'],
    [{ url: '' }, 'url: must not be empty'],
  ])('%j is refused', (change, reason) => {
    expect(() => changedCamera(GATE, change)).toThrow(reason)
  })

  it('keeps its password at its own port, and at the usual ones', () => {
    const own = { ...GATE, url: 'rtsp://[FD00:0::5]:8554/live' }
    for (const url of ['rtsp://[fd00::5]:8554/other', 'http://[fd00::5]/snap', 'https://[fd00:0:0::5]:443/'])
      expect(changedCamera(own, { url }).password).toBe('geheim')
    expect(() => changedCamera(own, { url: 'rtsp://[fd00::5]:8555/' })).toThrow('kept for [fd00::5] at port 8554 only')
  })

  it('of the configuration may be a file that stays one', () => {
    const clip = { ...GATE, url: 'file:///srv/clip.mp4', user: undefined, password: undefined }
    expect(changedCamera(clip, { runs: 'always' })).toEqual({ ...clip, runs: 'always' })
  })
})
