/** The `ffmpeg` of this machine. The server runs without it; most cameras need it. */
export interface FfmpegProgram {
  /**
   * Its path and version, looked for anew if it was not there or has been replaced.
   * @throws CameraFailure `ffmpeg`: it is missing (with the command that installs it), or too old
   */
  find(): Promise<FoundFfmpeg>
}

/** An `ffmpeg` that can be used. */
export interface FoundFfmpeg {
  readonly path: string
  /** "5.1.9". */
  readonly version: string
}
