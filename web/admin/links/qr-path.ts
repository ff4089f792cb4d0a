/**
 * The dark modules of a QR code as one SVG path, one unit per module: a rectangle for each run in a row.
 * @param rows from the top, each from the left; true is dark
 */
export function qrPath(rows: readonly (readonly boolean[])[]): string {
  return rows.flatMap((row, y) => runs(row).map(([from, length]) => `M${from} ${y}h${length}v1h-${length}z`)).join('')
}

function runs(row: readonly boolean[]): [from: number, length: number][] {
  const found: [number, number][] = []
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue
    const from = x
    while (row[x + 1]) x++
    found.push([from, x + 1 - from])
  }
  return found
}
