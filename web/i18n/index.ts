import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { preferenceStores } from '../preferences/preference-stores.ts'
import access from './en/access.ts'
import account from './en/account.ts'
import admin from './en/admin.ts'
import cameras from './en/cameras.ts'
import colours from './en/colours.ts'
import common from './en/common.ts'
import connect from './en/connect.ts'
import instruments from './en/instruments.ts'
import publish from './en/publish.ts'
import wall from './en/wall.ts'
import watch from './en/watch.ts'
import zhAccess from './zh-TW/access.ts'
import zhAccount from './zh-TW/account.ts'
import zhAdmin from './zh-TW/admin.ts'
import zhCameras from './zh-TW/cameras.ts'
import zhColours from './zh-TW/colours.ts'
import zhCommon from './zh-TW/common.ts'
import zhConnect from './zh-TW/connect.ts'
import zhInstruments from './zh-TW/instruments.ts'
import zhPublish from './zh-TW/publish.ts'
import zhWall from './zh-TW/wall.ts'
import zhWatch from './zh-TW/watch.ts'

const resources = { common, wall, watch, publish, connect, access, account, admin, instruments, cameras, colours }

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    keySeparator: false
    resources: typeof resources
  }
}

/** The supported languages, with their own names. */
export const LANGUAGES = { en: 'English', 'zh-TW': '繁體中文' } as const

/** A supported language. */
export type Language = keyof typeof LANGUAGES

/** Initializes i18next with the user's stored language, else the browser's. */
export function startI18n(): void {
  const language = storedLanguage() ?? languageFor(navigator.languages)
  i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    defaultNS: 'common',
    resources: {
      en: resources,
      'zh-TW': {
        common: zhCommon,
        wall: zhWall,
        watch: zhWatch,
        publish: zhPublish,
        connect: zhConnect,
        access: zhAccess,
        account: zhAccount,
        admin: zhAdmin,
        instruments: zhInstruments,
        cameras: zhCameras,
        colours: zhColours,
      },
    },
    // Warning names contain dots.
    keySeparator: false,
    // React escapes already.
    interpolation: { escapeValue: false },
  })
  document.documentElement.lang = language
  preferenceStores.language.subscribe(() => {
    const chosen = storedLanguage() ?? languageFor(navigator.languages)
    i18next.changeLanguage(chosen)
    document.documentElement.lang = chosen
  })
}

/** Changes the language and stores the choice. */
export function setLanguage(language: Language): void {
  preferenceStores.language.set(language, 'chosen')
}

/** The first supported one of the browser's languages; any Chinese falls back to 繁體中文 rather than English. */
export function languageFor(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0]
    if (language === 'zh') return 'zh-TW'
    if (language === 'en') return 'en'
  }
  return 'en'
}

function storedLanguage(): Language | undefined {
  const { text } = preferenceStores.language
  return text === 'en' || text === 'zh-TW' ? text : undefined
}
