/** The languages of slates. */
export type SlateLanguage = 'en' | 'zh-TW'

const TEXTS = {
  en: { none: 'No picture yet', since: (time: string) => `No picture since ${time}` },
  'zh-TW': { none: '尚無畫面', since: (time: string) => `${time} 起沒有畫面` },
} as const

/**
 * What a slate says.
 * @param since when the last picture was received, ms since 1970; undefined: there was none
 * @param now ms since 1970: the date is given too if it is another day
 */
export function slateText(language: SlateLanguage, since: number | undefined, now: number): string {
  const { none, since: sentence } = TEXTS[language]
  return since === undefined ? none : sentence(timeText(since, now))
}

/**
 * The language for a reader: what it asks for (`?lang=`), else the first of its browser's languages that there is.
 * @param accepted the header `Accept-Language`
 */
export function slateLanguage(asked: string | undefined, accepted: string | undefined): SlateLanguage {
  const first = (asked ?? accepted ?? '').split(',').find((tag) => /^\s*(?:en|zh)\b/i.test(tag))
  return first?.trim().toLowerCase().startsWith('zh') ? 'zh-TW' : 'en'
}

/** By the server's clock, with its time zone, as whoever looks may be in another: "14:03:22 GMT+8". */
function timeText(time: number, now: number): string {
  const [day, clock] = localTime(time)
  const [today] = localTime(now)
  return `${day === today ? '' : `${day} `}${clock} ${zoneText(new Date(time).getTimezoneOffset())}`
}

/** The server's local date and time: ["2026-11-28", "14:03:22"]. */
function localTime(time: number): [day: string, clock: string] {
  const shifted = new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString()
  return [shifted.slice(0, 10), shifted.slice(11, 19)]
}

/** @param offset minutes that UTC is ahead */
function zoneText(offset: number): string {
  if (offset === 0) return 'GMT'
  const minutes = Math.abs(offset)
  const rest = minutes % 60
  const hours = Math.floor(minutes / 60)
  return `GMT${offset < 0 ? '+' : '-'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}
