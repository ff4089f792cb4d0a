/** The `ffmpeg` of this machine. The server runs without it; most cameras need it. */
export interface FfmpegProgram {
  /**
   * Its path and version, looked for anew if it was not there or has been replaced.
   * @throws CameraFailure `ffmpeg`: it is missing (with the command that installs it), or too old
   */
  find(): Promise<FoundFfmpeg>
  /**
   * Waits until one more may be started: only some start at the same time, first come, first served, so that many cameras
   * that fail at once do not take the machine from those that work.
   * @returns to be called once it has started, failed or ended; calling it again does nothing
   * @throws the signal's reason
   */
  turn(signal: AbortSignal): Promise<() => void>
}

/** An `ffmpeg` that can be used. */
export interface FoundFfmpeg {
  readonly path: string
  /** "5.1.9". */
  readonly version: string
  /**
   * The program that starts it, with its arguments (`setpriv`), so that it ends with this server however that ends;
   * undefined where there is none.
   */
  readonly startedBy?: readonly [string, ...string[]] | undefined
}
