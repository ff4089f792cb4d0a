const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/**
 * How long ago something was, in words: "5 minutes ago".
 * @param ms both since 1970
 * @returns undefined within the last minute
 */
export function ago(ms: number, now: number, language: string): string | undefined {
  const passed = now - ms
  const step = STEPS.find(([, length]) => passed >= length)
  if (!step) return undefined
  const [unit, length] = step
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-Math.floor(passed / length), unit)
}
