import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { H264_SETS, H265_SETS } from '../../../test/support/rtp.ts'
import { RtpError } from './rtp-error.ts'
import { videoOf } from './rtp-video.ts'
import { readSdp } from './sdp.ts'

const base64 = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64')
const [SPS, PPS] = H264_SETS
const [VPS, SPS5, PPS5] = H265_SETS

const CAMERA = `v=0
o=- 1 1 IN IP4 10.0.0.2
s=Media Presentation
a=control:rtsp://10.0.0.2/live/
t=0 0
m=audio 0 RTP/AVP 8
a=control:trackID=2
a=rtpmap:8 PCMA/8000
m=video 0 RTP/AVP 96
b=AS:5000
a=control:trackID=1
a=rtpmap:96 H264/90000
a=framesize:96 1920-1080
a=fmtp:96 profile-level-id=42C01E; packetization-mode=1;sprop-parameter-sets=${base64(SPS)},${base64(PPS)}
m=application 0 RTP/AVP 107
a=rtpmap:107 vnd.onvif.metadata/90000
`

const video = (lines: string) => videoOf(readSdp(`v=0\r\n${lines}`) ?? { control: undefined, media: [] })

describe('the description of a session', () => {
  it('has a video among other media, and the parameter sets of it', () => {
    const description = readSdp(CAMERA.replaceAll('\n', '\r\n'))
    expect(description?.control).toBe('rtsp://10.0.0.2/live/')
    expect(description?.media.map(({ kind }) => kind)).toEqual(['audio', 'video', 'application'])
    expect(description && videoOf(description)).toEqual({
      codec: 'h264',
      payloadType: 96,
      clockRate: 90_000,
      sets: [SPS, PPS],
      size: { width: 1920, height: 1080 },
      control: 'trackID=1',
    })
  })

  it('has H.265 with each kind of parameter set apart', () => {
    const fmtp = `a=fmtp:98 sprop-vps=${base64(VPS)};sprop-sps=${base64(SPS5)};sprop-pps=${base64(PPS5)}`
    expect(video(`m=video 0 RTP/AVP 98\r\na=rtpmap:98 h265/90000\r\n${fmtp}\r\n`)).toMatchObject({
      codec: 'h265',
      sets: H265_SETS,
    })
  })

  it('has JPEG by its number alone', () => {
    expect(video('m=video 0 RTP/AVP 26\r\na=x-dimensions:2592,1944\r\n')).toMatchObject({
      codec: 'mjpeg',
      clockRate: 90_000,
      size: { width: 2592, height: 1944 },
    })
  })

  it('has the first video that can be read', () => {
    const lines = 'm=video 0 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\nm=video 0 RTP/AVP 99 26\r\n'
    expect(video(lines)).toMatchObject({ codec: 'mjpeg', payloadType: 26 })
  })

  it('says which codec it is that cannot be read', () => {
    expect(() => video('m=video 0 RTP/AVP 97\r\na=rtpmap:97 MP4V-ES/90000\r\n')).toThrow(
      'The camera sends MP4V-ES, which is not supported over RTSP: set the camera to H.264 or H.265.',
    )
    expect(() => video('m=video 0 RTP/AVP 34 101\r\n')).toThrow(/sends H263, payload type 101,/)
    expect(() => video('m=audio 0 RTP/AVP 8\r\n')).toThrow(/has no video at this address/)
    expect(() => video('m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=2\r\n')).toThrow(
      /interleaved order/,
    )
  })

  it('is none where nothing of one is there', () => {
    expect(readSdp('<html>404</html>')).toBeUndefined()
    expect(readSdp('')).toBeUndefined()
  })

  it('is read, or refused in a sentence, whatever it is', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(...CAMERA.split('\n')),
      fc
        .tuple(fc.constantFrom('m=video ', 'a=rtpmap:96 ', 'a=fmtp:96 ', 'a=control:'), fc.string())
        .map(([a, b]) => a + b),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const description = readSdp(lines.join('\r\n'))
        try {
          if (description) videoOf(description)
        } catch (error) {
          expect(error).toBeInstanceOf(RtpError)
        }
      }),
    )
  })
})
