import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunked, chunking } from '../../../test/support/chunks.ts'
import { RtspError } from './rtsp-error.ts'
import { encodeRtspRequest, encodeRtspResponse, fieldOf, type RtspMessage } from './rtsp-message.ts'
import { RtspReader } from './rtsp-reader.ts'

type Read = RtspMessage | { readonly channel: number; readonly bytes: string }

function read(chunks: readonly Uint8Array[]): Read[] {
  const found: Read[] = []
  const reader = new RtspReader({
    message: (message) => found.push(message),
    packet: (channel, bytes) => found.push({ channel, bytes: Buffer.from(bytes).toString('hex') }),
  })
  for (const chunk of chunks) {
    reader.read(chunk)
    // Nothing may be kept of what was given.
    chunk.fill(0xee)
  }
  return found
}

const text = (content: string) => new Uint8Array(Buffer.from(content))

function packet(channel: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([new Uint8Array([0x24, channel, content.length >> 8, content.length & 255]), content])
}

const DESCRIBED = text(
  'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\nWWW-Authenticate: Basic\r\nwww-authenticate: Digest\r\n\r\nv=0\r\n',
)

describe('what comes over a connection of RTSP', () => {
  it('is the same in whatever pieces it comes', () => {
    const part = fc.oneof(
      fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 3000 })).map(([channel, content]) => packet(channel, content)),
      fc.constantFrom(
        DESCRIBED,
        encodeRtspResponse('404 Not Found', { CSeq: '7' }),
        encodeRtspRequest('OPTIONS', 'rtsp://camera/', { CSeq: '1' }),
        text('RTSP/1.0 200 OK\nCSeq: 3\n\n'),
        text('\r\n'),
      ),
    )
    fc.assert(
      fc.property(fc.array(part), chunking, (parts, lengths) => {
        const bytes = Uint8Array.from(Buffer.concat(parts))
        expect(read(chunked(bytes, lengths))).toEqual(read([bytes]))
      }),
    )
  })

  it('are messages with their fields and bodies, and packets between them', () => {
    const [described, between, request] = read([
      Buffer.concat([DESCRIBED, packet(1, text('abc')), encodeRtspRequest('ANNOUNCE', 'rtsp://a/', { CSeq: '9' })]),
    ])
    expect(described).toMatchObject({ kind: 'response', status: 200, reason: 'OK', body: text('v=0\r\n') })
    expect((described as RtspMessage).fields.get('www-authenticate')).toEqual(['Basic', 'Digest'])
    expect(between).toEqual({ channel: 1, bytes: '616263' })
    expect(request).toMatchObject({ kind: 'request', method: 'ANNOUNCE', uri: 'rtsp://a/' })
    expect(fieldOf(request as RtspMessage, 'cseq')).toBe('9')
  })

  it('is RTSP, or refused in a sentence, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string().map(text)), chunking, (bytes, lengths) => {
        try {
          read(chunked(bytes, lengths))
        } catch (error) {
          expect(error).toBeInstanceOf(RtspError)
        }
      }),
    )
  })

  it.each([
    ['a web server', text('HTTP/1.1 400 Bad Request\r\n\r\n'), /web server answers .* http:/],
    ['TLS', new Uint8Array([0x15, 3, 1, 0, 2, 2, 70]), /rtsps:/],
    ['SSH', text('SSH-2.0-OpenSSH_9.2\r\n\r\n'), /does not speak RTSP/],
    ['bytes', new Uint8Array(200).fill(7), /does not speak RTSP/],
  ])('says so if it comes from something else: %s', (_name, bytes, sentence) => {
    expect(() => read([bytes])).toThrow(sentence)
  })

  it('ends with a header or a body that is too long, before it is held', () => {
    expect(() => read([text(`RTSP/1.0 200 OK\r\nX: ${'x'.repeat(20_000)}`)])).toThrow(/longer than 16384 bytes/)
    expect(() => read([text('RTSP/1.0 200 OK\r\nContent-Length: 99999999999\r\n\r\n')])).toThrow(/at most 262144/)
  })

  it('goes on with a field in the next line that begins with a space', () => {
    const [message] = read([text('RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n  PLAY\r\n\r\n')])
    expect(fieldOf(message as RtspMessage, 'public')).toBe('OPTIONS, PLAY')
  })
})

it('no request is made with a line break in it', () => {
  expect(() => encodeRtspRequest('PLAY', 'rtsp://camera/', { Session: '1\r\nEvil: yes' })).toThrow(TypeError)
  expect(() => encodeRtspRequest('PLAY', 'rtsp://camera/\n', {})).toThrow(TypeError)
})
