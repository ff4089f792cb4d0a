const SIZE = 64
const COLOUR = [50, 100, 150] as const
/** Some browsers change the lowest bits only, which nobody sees. */
const TOLERANCE = 8

/** Whether the browser gives other pixels than were drawn: see `FalsifiedError`. */
export function isCanvasFalsified(): boolean {
  const probe = new OffscreenCanvas(SIZE, 1).getContext('2d', { alpha: false })
  if (!probe) return false
  probe.fillStyle = `rgb(${COLOUR.join(' ')})`
  probe.fillRect(0, 0, SIZE, 1)
  const { data } = probe.getImageData(0, 0, SIZE, 1)
  return data.some((value, i) => Math.abs(value - (COLOUR[i % 4] ?? value)) > TOLERANCE)
}
