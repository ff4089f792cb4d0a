import type { LivenessWords } from '../view/liveness-note.ts'
import { LIVENESS_TEXTS } from '../view/liveness-texts.ts'

const TEXTS = {
  en: {
    ...LIVENESS_TEXTS.en,
    live: 'Live',
    notCurrent: 'Late',
    notChanging: 'Unchanged',
    paused: 'Paused',
    noAccess: 'No access to this camera',
    outdated: 'Belvedere was updated: reload this page',
    failed: 'This camera cannot be shown',
    unset: 'No camera is set: label and camera are needed',
    named: '{{name}}: {{state}}',
  },
  'zh-TW': {
    ...LIVENESS_TEXTS['zh-TW'],
    live: '即時',
    notCurrent: '延遲',
    notChanging: '沒有變化',
    paused: '已暫停',
    noAccess: '沒有觀看這個鏡頭的權限',
    outdated: 'Belvedere 已更新，請重新載入這個頁面',
    failed: '無法顯示這個鏡頭',
    unset: '尚未指定鏡頭：需要 label 與 camera',
    named: '{{name}}：{{state}}',
  },
} as const

/** The name of a text of the element. */
export type ElementText = keyof (typeof TEXTS)['en']

/** The element's texts in one language. */
export interface ElementWords extends LivenessWords {
  readonly t: (text: ElementText, values?: Readonly<Record<string, string>>) => string
}

/** The texts for a page's language, as in `lang`: any Chinese gets 繁體中文, every other language English. */
export function wordsFor(lang: string): ElementWords {
  return lang.toLowerCase().split('-')[0] === 'zh' ? CHINESE : ENGLISH
}

const ENGLISH = wordsOf('en')
const CHINESE = wordsOf('zh-TW')

function wordsOf(language: keyof typeof TEXTS): ElementWords {
  const texts = TEXTS[language]
  const t: ElementWords['t'] = (text, values = {}) =>
    texts[text].replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
  return { language, t }
}
