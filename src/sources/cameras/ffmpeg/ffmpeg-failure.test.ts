import { expect, it } from 'vitest'
import { ffmpegFailure } from './ffmpeg-failure.ts'

const END = { code: 1, killedBy: null, lines: [], usedBytes: undefined }

/* What FFmpeg 5.1 has said. */
it.each([
  [
    '[tcp @ 0x5] Connection to tcp://10.0.0.1:1?tcp_nodelay=0 failed: Connection refused',
    'unreachable',
    /connection refused/,
  ],
  ['[tcp @ 0x5] Connection to tcp://10.0.0.1:1 failed: Connection timed out', 'unreachable', /does not answer/],
  ['[tcp @ 0x5] Connection to tcp://10.0.0.1:1 failed: No route to host', 'unreachable', /no way/],
  [
    '[rtmp @ 0x5] Server error: Authentication failed',
    'password',
    /user name or the password is wrong, or it serves no more/,
  ],
  ['[rtmp @ 0x5] Server error: Stream not found', 'not-found', /no stream of that name/],
  ['[rtmp @ 0x5] Server error: call the support', 'protocol', /"call the support"/],
  ['[srt @ 0x5] Connection to srt://10.0.0.1:1 failed: Input/output error', 'unreachable', /passphrase/],
  ["Stream map '0:v:0' matches no streams.", 'no-video', /no video/],
  ['[nut @ 0x5] Could not find tag for codec vp6f in stream #0, codec not currently supported', 'codec', /\(vp6f\)/],
  ['Decoding requested, but no decoder found for: hevc', 'codec', /\(hevc\)/],
  ['[h264 @ 0x5] Picture size 65536x65536 exceeds specified max pixel count 1000', 'too-large', /smaller size/],
  ['[rtp @ 0x5] Unable to receive RTP payload type 96 without an SDP file describing it', 'unsupported', /type 96 /],
  ["[http @ 0x5] Protocol 'http' not on whitelist 'pipe,rtmp,tcp'!", 'unsupported', /leads to another kind/],
  ['[udp @ 0x5] bind failed: Address already in use', 'busy', /Another program/],
  ['pipe:0: Invalid data found when processing input', 'protocol', /no video that FFmpeg understands/],
])('%s', (line, problem, reason) => {
  const failure = ffmpegFailure({ ...END, lines: ['something before', line] })
  expect(failure.problem).toBe(problem)
  expect(failure.message).toMatch(reason)
  expect(failure.retryAfter).toBe(problem === 'password' ? Number.POSITIVE_INFINITY : 0)
})

it('what is not known is quoted', () => {
  expect(ffmpegFailure({ ...END, lines: ['a', 'Something new'] })).toMatchObject({
    problem: 'ffmpeg',
    message: 'FFmpeg ended with exit code 1. It says: "Something new"',
  })
  expect(ffmpegFailure({ ...END, code: null, killedBy: 'SIGSEGV' }).message).toBe('FFmpeg crashed (SIGSEGV).')
  expect(ffmpegFailure({ ...END, code: null, killedBy: 'SIGKILL', usedBytes: 5e8 }).message).toBe(
    'FFmpeg used more than it may (500 MB, cameras.process_bytes) and was ended.',
  )
})
