/**
 * The warnings of a frame as lines for people. New detectors send a JSON object `{"warning_no_hardhat": {"count": 2}}`,
 * old ones plain lines, where a line like "No warning" in one of several languages means that there is none.
 * Whatever cannot be read is shown as it is, never dropped.
 */
export function warningLines(text: string): string[] {
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) {
    try {
      const value: unknown = JSON.parse(trimmed)
      if (typeof value === 'object' && value !== null) return Object.entries(value).map(([name, of]) => line(name, of))
    } catch {
      // Not JSON after all: plain lines.
    }
  }
  const lines = trimmed.split(/\r?\n/).filter((each) => each.trim() !== '')
  const first = lines[0]
  return lines.length === 1 && first !== undefined && NONE.has(first.trim().toLowerCase().replace(/\.$/, ''))
    ? []
    : lines
}

const NONE = new Set([
  'no warning',
  '無警告',
  '无警告',
  "pas d'avertissement",
  'không có cảnh báo',
  'tidak ada peringatan',
  'ไม่มีคำเตือน',
])

function line(name: string, detail: unknown): string {
  const words = name.replace(/^warning_/, '').replaceAll('_', ' ')
  if (typeof detail === 'object' && detail !== null && 'count' in detail && typeof detail.count === 'number')
    return `${words}: ${detail.count}`
  const isPlain = detail === true || detail === null || (typeof detail === 'object' && Object.keys(detail).length === 0)
  return isPlain ? words : `${words}: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`
}
