/*
 * How `ffmpeg` is told an address without its command line, which everybody on the machine can read: as a list of one file
 * for its concat demuxer, on standard input (https://ffmpeg.org/ffmpeg-formats.html#concat).
 */

/** The arguments up to that list; only these protocols may be used, whatever the address leads to. */
export function scriptArguments(protocols: readonly string[]): string[] {
  return ['-f', 'concat', '-safe', '0', '-protocol_whitelist', ['pipe', ...protocols].join(), '-i', 'pipe:0']
}

/** The list. @param options of the address's protocol and format */
export function inputScript(url: string, options: Readonly<Record<string, string>>): string {
  const lines = Object.entries(options).map(([name, value]) => `option ${name} ${quoted(value)}`)
  return ['ffconcat version 1.0', `file ${quoted(url)}`, ...lines, ''].join('\n')
}

/** As FFmpeg's av_get_token reads it; line ends are none of it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
