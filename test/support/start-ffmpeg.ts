import { FfmpegProcess } from '../../src/sources/cameras/ffmpeg/ffmpeg-process.ts'
import { LocalFfmpeg } from '../../src/sources/cameras/ffmpeg/local-ffmpeg.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'

/*
 * A process that runs an `ffmpeg`, for the test that kills it.
 */

// Neither timers nor processes of ours keep a server alive, which sockets do.
setInterval(() => {}, 1000)

const [, , name = 'ffmpeg'] = process.argv
const program = new LocalFfmpeg({ clock: systemClock, name, startsAtOnce: 1 })
await FfmpegProcess.start(
  { program, args: [], clock: systemClock, processBytes: 1e9, secrets: [] },
  new AbortController().signal,
)
