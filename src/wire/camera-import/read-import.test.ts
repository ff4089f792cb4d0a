import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readCameraImport } from './read-import.ts'

const read = (text: string) => readCameraImport(parse(text))
/** The addresses that can be taken over by name, and of others why not. */
const found = (text: string) =>
  Object.fromEntries(read(text).cameras.map(({ name, url, reason }) => [name, reason ?? url]))

describe('a configuration of go2rtc', () => {
  it('has the first address of each stream that can be pulled', () => {
    const text = `
api: {listen: ":1984"}
streams:
  front: rtsp://admin:P@ss#1%0X@10.0.0.5/live
  yard:
    - rtsp://10.0.0.6/main#backchannel=0#timeout=30
    - ffmpeg:yard#audio=opus
  door: ["exec:ffmpeg -i x {output}", "ffmpeg:rtsp://u:p@10.0.0.7/sub#video=h264#hardware", "rtsp://10.0.0.7/second"]
  still: [ "ffmpeg:http://10.0.0.8/snap.jpg#video=mjpeg" ]
  unifi: rtspx://10.0.0.1:7441/aBcDeFgHiJkL
  copy: "ffmpeg:front#video=copy"
  object: {url: "rtmp://10.0.0.9/live"}
`
    expect(read(text).format).toBe('go2rtc')
    expect(found(text)).toEqual({
      front: 'rtsp://admin:P@ss#1%0X@10.0.0.5/live',
      yard: 'rtsp://10.0.0.6/main',
      door: 'rtsp://u:p@10.0.0.7/sub',
      still: 'http://10.0.0.8/snap.jpg',
      unifi: 'rtsps://10.0.0.1:7441/aBcDeFgHiJkL',
      copy: 'rtsp://admin:P@ss#1%0X@10.0.0.5/live',
      object: 'rtmp://10.0.0.9/live',
    })
    expect(
      read(text)
        .cameras.map(({ certificate }) => certificate)
        .filter((each) => each === 'any'),
    ).toHaveLength(1)
  })

  it('says of each that cannot be pulled why', () => {
    const text = `
streams:
  exec: exec:sh -c 'cat /etc/passwd'
  onvif: onvif://admin:pw@10.0.0.5
  homekit: homekit://10.0.0.5:8080?device_id=1
  env: rtsp://admin:\${PASSWORD}@10.0.0.5/live
  rotated: ffmpeg:rtsp://10.0.0.5/live#rotate=90
  device: ffmpeg:device?video=0
  file: ffmpeg:/media/clip.mp4
  none:
  empty: []
  circle: ffmpeg:circle#video=h264
  local: rtsp://127.0.0.1:8554/elsewhere
  "..": rtsp://10.0.0.5/
`
    const reasons = found(text)
    expect(reasons).toMatchObject({
      exec: expect.stringContaining('runs a program'),
      onvif: expect.stringContaining('is not read yet'),
      homekit: expect.stringContaining('is of go2rtc'),
      env: expect.stringMatching(/^It has \$\{PASSWORD\} in it/),
      rotated: expect.stringContaining('FFmpeg makes something else of it'),
      device: expect.stringContaining('Write rtsp:// before it'),
      file: expect.stringContaining('Must be the address of a camera'),
      none: 'It has no address.',
      empty: 'It has no address.',
      circle: 'The streams lead in a circle.',
      local: expect.stringContaining('"elsewhere" of go2rtc, which is not in this text'),
    })
    for (const reason of Object.values(reasons)) expect(reason).toMatch(/^[A-Z].*[^.]\.$|^rtsp:/)
  })

  it('may be its list of streams alone', () => {
    expect(read('front: rtsp://a/\nyard: [rtsp://b/]').cameras).toHaveLength(2)
    expect(read('go2rtc: {streams: {front: rtsp://a/}}')).toMatchObject({
      format: 'go2rtc',
      cameras: [{ name: 'front' }],
    })
  })
})

describe('a configuration of Frigate', () => {
  it('has of each camera what is recorded, and where go2rtc has it from', () => {
    const text = `
mqtt: {enabled: false}
go2rtc:
  streams:
    front: [ "rtsp://u:p@10.0.0.5/main", "ffmpeg:front#audio=opus" ]
    front_sub: rtsp://u:p@10.0.0.5/sub
    secret: rtsp://u:{FRIGATE_RTSP_PASSWORD}@10.0.0.6/main
cameras:
  front:
    ffmpeg:
      inputs:
        - path: rtsp://127.0.0.1:8554/front_sub
          roles: [detect]
        - path: rtsp://127.0.0.1:8554/front?video=copy&audio=aac
          input_args: preset-rtsp-restream
          roles: [record]
  yard:
    ffmpeg: {inputs: [{path: "rtsp://u:p@10.0.0.7/sub", roles: [detect, audio]}]}
  secret:
    ffmpeg: {inputs: [{path: "rtsp://127.0.0.1:8554/secret", roles: [record]}, {path: "rtsp://u:{FRIGATE_X}@y/"}]}
  gone:
    ffmpeg: {inputs: [{path: "rtsp://localhost:8554/gone"}]}
  none: {}
`
    expect(read(text).format).toBe('frigate')
    expect(found(text)).toEqual({
      front: 'rtsp://u:p@10.0.0.5/main',
      yard: 'rtsp://u:p@10.0.0.7/sub',
      secret: expect.stringContaining('{FRIGATE_RTSP_PASSWORD} in it'),
      gone: expect.stringContaining('"gone" of go2rtc, which is not in this text'),
      none: 'It has no address.',
    })
  })
})

describe('what is neither', () => {
  it.each(['', 'hello', '[]', '5', 'a: 1', 'cameras: {a: 1}', 'streams: 5', 'port: 80\nhost: x'])(
    'is refused in words: %j',
    (text) => {
      expect(() => read(text)).toThrow('text: is no configuration of go2rtc')
    },
  )

  it('is never more than can be shown', () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`c${n}`, 'rtsp://a/']))
    expect(() => readCameraImport({ streams: many })).toThrow('text: at most 1000 cameras, these are 1001')
  })

  it('is looked through in one go, however its streams lead to one another', () => {
    const names = Array.from({ length: 800 }, (_, n) => `c${n}`)
    const all = names.slice(0, 20).map((name) => `ffmpeg:${name}`)
    const { cameras } = readCameraImport({ streams: Object.fromEntries(names.map((name) => [name, all])) })
    expect(cameras).toHaveLength(800)
    const chain = names.map((name, n) => [name, n === 799 ? 'rtsp://end/' : `ffmpeg:c${n + 1}`])
    expect(readCameraImport({ streams: Object.fromEntries(chain) }).cameras[0]?.url).toBe('rtsp://end/')
  })

  it('is read or refused in words, whatever it is', () => {
    const url = fc.constantFrom(
      'rtsp://a/',
      'ffmpeg:a#video=h264',
      'ffmpeg:b',
      'exec:x',
      'rtsp://127.0.0.1:8554/a',
      'rtsp://127.0.0.1:8554/%',
    )
    const value = fc.oneof(url, fc.array(url, { maxLength: 4 }), fc.object({ maxDepth: 2 }), fc.jsonValue())
    const streams = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), value)
    const input = fc.record({ path: value, roles: value }, { requiredKeys: [] })
    const cameras = fc.dictionary(
      fc.string(),
      fc.record({ ffmpeg: fc.record({ inputs: fc.array(input, { maxLength: 3 }) }) }),
    )
    const document = fc.record({ streams, cameras, go2rtc: fc.record({ streams }) }, { requiredKeys: [] })
    fc.assert(
      fc.property(fc.oneof(document, fc.jsonValue()), (given) => {
        try {
          for (const camera of readCameraImport(given).cameras) expect(camera.reason ?? camera.url).not.toBe('')
        } catch (error) {
          if (!String(error).startsWith('Refusal: text: ')) throw error
        }
      }),
      { numRuns: 60 },
    )
  })
})
