import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Refusal } from '../../core/errors.ts'
import { type HlsVariant, type MediaPlaylist, readPlaylist } from './playlist.ts'
import { bestVariant } from './variant.ts'

function media(...lines: string[]): MediaPlaylist {
  const playlist = readPlaylist(['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines].join('\n'))
  if (playlist.kind !== 'media') throw new Error('it was to list segments')
  return playlist
}

describe('a list of segments', () => {
  it('has their addresses, numbers, lengths and times', () => {
    const playlist = media(
      '#EXT-X-VERSION:3',
      '#EXT-X-MEDIA-SEQUENCE:680',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-29T10:00:00.250Z',
      '#EXTINF:3.980,a title, with a comma',
      'first.ts?token=1',
      '# a comment',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-29T18:00:04.230+0800',
      '#EXTINF:4',
      'https://cam.example/second.ts',
      '#EXT-X-GAP',
      '#EXTINF:4,',
      'third.ts',
      'without a length.ts',
    )
    const none = { range: undefined, isDiscontinuous: false, isGap: false, map: undefined, key: undefined }
    expect(playlist).toEqual({
      kind: 'media',
      targetDuration: 4,
      isEnded: false,
      segments: [
        {
          ...none,
          uri: 'first.ts?token=1',
          sequence: 680,
          duration: 3.98,
          startsAt: Date.UTC(2026, 10, 29, 10, 0, 0, 250),
        },
        {
          ...none,
          uri: 'https://cam.example/second.ts',
          sequence: 681,
          duration: 4,
          isDiscontinuous: true,
          startsAt: Date.UTC(2026, 10, 29, 10, 0, 4, 230),
        },
        {
          ...none,
          uri: 'third.ts',
          sequence: 682,
          duration: 4,
          isGap: true,
          startsAt: Date.UTC(2026, 10, 29, 10, 0, 8, 230),
        },
      ],
    })
  })

  it('has ranges of bytes, which go on where the one before has ended', () => {
    const { segments } = media(
      '#EXT-X-MAP:URI="all.mp4",BYTERANGE="720@0"',
      ...['#EXTINF:4', '#EXT-X-BYTERANGE:1000@720', 'all.mp4', '#EXTINF:4', '#EXT-X-BYTERANGE:500', 'all.mp4'],
      ...['#EXTINF:4', '#EXT-X-BYTERANGE:7', 'other.mp4', '#EXTINF:4', 'whole.mp4', '#EXT-X-ENDLIST'],
    )
    expect(segments.map(({ range }) => range)).toEqual([
      { offset: 720, length: 1000 },
      { offset: 1720, length: 500 },
      { offset: 0, length: 7 },
      undefined,
    ])
    expect(segments[3]?.map).toEqual({ uri: 'all.mp4', range: { offset: 0, length: 720 } })
  })

  it('has the keys that are in force', () => {
    const { segments, isEnded } = media(
      '#EXT-X-KEY:METHOD=AES-128,URI="key?a=1,2",IV=0x000102030405060708090a0b0c0d0e0F',
      ...['#EXTINF:4', 'a', '#EXT-X-KEY:METHOD=NONE', '#EXTINF:4', 'b'],
      ...['#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k"', '#EXTINF:4', 'c', '#EXT-X-ENDLIST'],
    )
    expect(segments.map(({ key }) => key)).toEqual([
      { method: 'AES-128', uri: 'key?a=1,2', iv: Uint8Array.from({ length: 16 }, (_, i) => i) },
      undefined,
      { method: 'SAMPLE-AES', uri: 'k', iv: undefined },
    ])
    expect(isEnded).toBe(true)
  })

  it.each(['', '<html>', '#EXTM3U', '#EXTM3U8\n#EXTINF:4\na', '#EXTM3U\n#EXTINF:4\n#EXT-X-BYTERANGE:x\na'])(
    'is not %j',
    (text) => expect(() => readPlaylist(text)).toThrow('this is no playlist of HLS'),
  )

  it('of any kind is read or refused', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '#EXTINF:4',
        '#EXTINF:x',
        '#EXT-X-STREAM-INF:',
        '#EXT-X-BYTERANGE:5@1',
        '#EXT-X-KEY:METHOD=AES-128',
      ),
      fc.constantFrom('#EXT-X-MAP:URI="a"', 'a.ts', '#EXT-X-MEDIA-SEQUENCE:99', '#EXT-X-PROGRAM-DATE-TIME:2026', ''),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        try {
          const playlist = readPlaylist(['#EXTM3U', ...lines].join(end))
          if (playlist.kind !== 'media') return
          for (const [i, { duration, sequence, range }] of playlist.segments.entries()) {
            expect(duration).toBeGreaterThanOrEqual(0)
            expect(sequence).toBe((playlist.segments[0]?.sequence ?? 0) + i)
            expect(range?.length ?? 1).toBeGreaterThan(0)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
    )
  })
})

describe('of several variants', () => {
  const chosen = (...lines: string[]) => {
    const playlist = readPlaylist(['#EXTM3U', ...lines].join('\n'))
    return playlist.kind === 'master' ? bestVariant(playlist.variants)?.uri : undefined
  }
  const variant = (uri: string, attributes: string) => [`#EXT-X-STREAM-INF:${attributes}`, uri]

  it('the smallest is read that is sharp in a large view, else the largest', () => {
    const small = variant('small', 'BANDWIDTH=500000,RESOLUTION=640x360,CODECS="avc1.42001e,mp4a.40.2"')
    const middle = variant('middle', 'BANDWIDTH=2000000,RESOLUTION=1280x720,CODECS="avc1.64001f"')
    const large = variant('large', 'BANDWIDTH=8000000,RESOLUTION=3840x2160,CODECS="avc1.640033"')
    expect(chosen(...large, ...middle, ...small)).toBe('middle')
    expect(chosen(...large, ...small)).toBe('large')
    expect(chosen(...small)).toBe('small')
  })

  it('H.264 is read rather than another codec, and never only sound', () => {
    const h265 = variant('h265', 'BANDWIDTH=1,RESOLUTION=1920x1080,CODECS="hvc1.1.6.L93.B0"')
    const h264 = variant('h264', 'BANDWIDTH=1,RESOLUTION=640x360,CODECS="avc1.42001e"')
    const sound = variant('sound', 'BANDWIDTH=9000000,CODECS="mp4a.40.2"')
    expect(chosen(...h265, ...h264, ...sound)).toBe('h264')
    expect(chosen(...h265, ...sound)).toBe('h265')
    expect(chosen(...sound)).toBeUndefined()
  })

  it('the bandwidth tells where no size is said', () => {
    const variants = [400_000, 2_500_000, 6_000_000].flatMap((bandwidth) =>
      variant(`${bandwidth}`, `BANDWIDTH=${bandwidth}`),
    )
    expect(chosen(...variants)).toBe('2500000')
  })

  it('one is chosen if any has a video', () => {
    const any = fc.record({
      uri: fc.string(),
      bandwidth: fc.nat(),
      codecs: fc.option(fc.array(fc.constantFrom('avc1.1', 'mp4a.1', 'hvc1', 'wvtt'), { minLength: 1 }), {
        nil: undefined,
      }),
      width: fc.option(fc.nat(), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array<HlsVariant>(any), (variants) => {
        const best = bestVariant(variants)
        if (best) expect(variants).toContain(best)
        else for (const { codecs } of variants) expect(codecs?.join() ?? 'avc1').not.toMatch(/avc1|hvc1/)
      }),
    )
  })
})
