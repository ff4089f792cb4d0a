/** The version of FFmpeg that is needed: of 2022, the one of Debian 12. */
export const LEAST_VERSION = '5.1'
/** The version of its libavformat, which builds from the source repository have instead of one of their own. */
const LEAST_LIBRARY = [59, 27]

/** What `ffmpeg -version` says. */
export interface FfmpegVersion {
  /** "5.1.9", or what the program calls itself: "N-118000-g1a2b3c". */
  readonly version: string
  readonly isNewEnough: boolean
}

/** @returns undefined if it is no output of `ffmpeg -version` */
export function readVersion(output: string): FfmpegVersion | undefined {
  const name = /^ffmpeg version (\S{1,60})/.exec(output)?.[1]
  if (name === undefined) return undefined
  // Some builds write n before it, distributions add their own number behind it.
  const version = /^n?(\d+(?:\.\d+)+)/.exec(name)?.[1]
  if (version !== undefined) return { version, isNewEnough: isAtLeast(version.split('.').map(Number), [5, 1]) }
  const library = /^libavformat\s+(\d+)\.\s*(\d+)/m.exec(output)?.slice(1).map(Number)
  return { version: name, isNewEnough: library !== undefined && isAtLeast(library, LEAST_LIBRARY) }
}

function isAtLeast(
  [major = 0, minor = 0]: readonly number[],
  [leastMajor = 0, leastMinor = 0]: readonly number[],
): boolean {
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}
