import type { CameraProblem } from '../../../core/camera.ts'
import { CameraFailure } from '../camera-input.ts'
import type { FfmpegEnd } from './ffmpeg-process.ts'

/** What a line of FFmpeg's means. */
interface Meaning {
  readonly line: RegExp
  readonly problem: CameraProblem
  /** For people; `$1` is what the line says there. */
  readonly reason: string
  /** As of `CameraFailure`. */
  readonly retryAfter?: number
}

/** The first that any line fits counts. */
const MEANINGS: readonly Meaning[] = [
  {
    line: /exceeds specified max pixel count|Picture size \d+x\d+ is invalid/,
    problem: 'too-large',
    reason: 'Its pictures have more pixels than are allowed here; set the camera to a smaller size.',
  },
  {
    line: /Server error:.*(?:auth|reject|denied|credential|password|forbidden)|\b401\b|Unauthorized/i,
    problem: 'password',
    reason:
      'It refuses the log-in: the user name or the password is wrong, or it serves no more log-ins at the moment (too many connections, or an account that is locked for a while).',
    retryAfter: Number.POSITIVE_INFINITY,
  },
  {
    line: /Server error:.*(?:not ?found|no such|no stream|does not exist)|StreamNotFound|\b404\b/i,
    problem: 'not-found',
    reason: 'It has no stream of that name; check the path of its address.',
  },
  { line: /Server error: (.{1,120})/, problem: 'protocol', reason: 'It refuses the connection: "$1".' },
  {
    line: /matches no streams/,
    problem: 'no-video',
    reason: 'It sends no video.',
  },
  {
    line: /Unable to receive RTP payload type (\d+)/,
    problem: 'unsupported',
    reason:
      'RTP of payload type $1 cannot be read without a description (SDP); let it be sent as MPEG-TS (payload type 33), or use the RTSP address.',
  },
  {
    line: /Could not find tag for codec (\S+)|no decoder found for: (\S+)|Unknown decoder|Decoder \(codec (\S+?)\) not found/,
    problem: 'codec',
    reason: 'Its video ($1) cannot be decoded by this FFmpeg; set the camera to H.264 or H.265.',
  },
  {
    line: /Could not find codec parameters .*Video: (\w+)|dimensions not set/,
    problem: 'no-video',
    reason: 'Its video cannot be decoded: no key frame came in time. Set a key frame (I-frame) interval of 1 to 4 s.',
  },
  {
    line: /Connection refused/,
    problem: 'unreachable',
    reason:
      'Nothing answers at that address (connection refused); check address and port, and whether the camera is on.',
  },
  {
    line: /No route to host|Network is unreachable|Host is down/,
    problem: 'unreachable',
    reason: 'There is no way to that address in the network; check the address, and whether the camera is on.',
  },
  {
    line: /Connection to tcp:\S* failed: .*timed out/,
    problem: 'unreachable',
    reason: 'It does not answer; check address and port, and whether the camera is on.',
  },
  {
    line: /timed out/,
    problem: 'silent',
    reason: 'It takes the connection, and says nothing; check address and port, or restart the camera.',
  },
  {
    line: /certificate|\[tls @/i,
    problem: 'certificate',
    reason:
      'No TLS connection: its certificate does not hold, or it does not speak TLS there. Its certificate may be accepted unchecked.',
  },
  {
    line: /RTMP handshake/,
    problem: 'protocol',
    reason: 'What answers there does not speak RTMP; check the address and the port.',
  },
  {
    line: /Connection to srt:\S* failed/,
    problem: 'unreachable',
    reason:
      'No SRT connection; check address and port, and the passphrase and the stream id, which SRT does not tell apart from them.',
  },
  {
    line: /(?:Protocol '?(\w+)'? not on whitelist|Protocol not found|Unknown input format)/,
    problem: 'unsupported',
    reason: 'This FFmpeg cannot read that kind of address, or it leads to another kind.',
  },
  {
    line: /No such file or directory|No such device/,
    problem: 'not-found',
    reason: 'There is no such file or device.',
  },
  {
    line: /Permission denied|Operation not permitted/,
    problem: 'not-found',
    reason: 'The server may not read that file or device; check its owner and mode.',
  },
  { line: /Address already in use/, problem: 'busy', reason: 'Another program receives at that port already.' },
  {
    line: /unknown timestamp|av_interleaved_write_frame\(\): Invalid argument/,
    problem: 'protocol',
    reason: 'Its video has no times; put it into a container that has some, such as MP4.',
  },
  {
    line: /Invalid data found/,
    problem: 'protocol',
    reason: 'What it sends is no video that FFmpeg understands.',
  },
]

/** Why an `ffmpeg` that should have gone on has ended. */
export function ffmpegFailure({ code, killedBy, lines, usedBytes }: FfmpegEnd): CameraFailure {
  if (usedBytes !== undefined)
    return new CameraFailure(
      'ffmpeg',
      `FFmpeg used more than it may (${Math.round(usedBytes / 1e6)} MB, cameras.process_bytes) and was ended.`,
    )
  if (killedBy !== null) return new CameraFailure('ffmpeg', `FFmpeg crashed (${killedBy}).${said(lines)}`)
  return (
    meaningOf(lines) ??
    new CameraFailure(
      'ffmpeg',
      code === 0 ? 'The video has ended.' : `FFmpeg ended with exit code ${code}.${said(lines)}`,
    )
  )
}

/** What lines of FFmpeg's mean; undefined if none says anything that is known. */
export function meaningOf(lines: readonly string[]): CameraFailure | undefined {
  for (const { line, problem, reason, retryAfter } of MEANINGS)
    for (const each of lines) {
      const match = line.exec(each)
      if (match)
        return new CameraFailure(
          problem,
          reason.replace('$1', match.slice(1).find((part) => part) ?? 'unknown'),
          retryAfter,
        )
    }
  return undefined
}

/** Its last line, to be put behind a sentence. */
export function said(lines: readonly string[]): string {
  const last = lines.at(-1)
  return last === undefined ? '' : ` It says: "${last}"`
}
