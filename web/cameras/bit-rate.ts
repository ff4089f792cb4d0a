/** The bit rate of a video for people: "2.5 Mb/s", "640 kb/s". */
export function bitRate(bytesPerSecond: number): string {
  const bits = bytesPerSecond * 8
  if (bits < 999_500) return `${Math.round(bits / 1e3)} kb/s`
  return `${(bits / 1e6).toFixed(bits < 9.95e6 ? 1 : 0)} Mb/s`
}
