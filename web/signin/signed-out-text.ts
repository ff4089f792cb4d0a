import { useTranslation } from 'react-i18next'

/** A hook: a function that gives the message why the user was signed out: translated if known, else the server's. */
export function useSignedOutText(): (reason: string) => string {
  const { t } = useTranslation('access')
  return (reason) => {
    const key = signedOutKeyOf(reason)
    return key ? t(key) : t('signedOut', { reason })
  }
}

const KEYS = {
  'signed out': 'out.elsewhere',
  'this account was disabled': 'out.disabled',
  'this account was removed': 'out.removed',
  'the password of this account was changed': 'out.password',
  'the role of this account was changed': 'out.role',
  'this account was renamed': 'out.name',
  'the sites of this account were changed': 'out.sites',
  'there are newer sign-ins': 'out.newer',
  'a refresh token of this session was used twice': 'out.reuse',
  'its time is over': 'out.over',
  'This link has ended.': 'out.link',
} as const

/** The i18n key (namespace `access`) for a reason of docs/wire.md; undefined for other reasons. */
export function signedOutKeyOf(reason: string): (typeof KEYS)[keyof typeof KEYS] | undefined {
  return isKnown(reason) ? KEYS[reason] : undefined
}

function isKnown(reason: string): reason is keyof typeof KEYS {
  return Object.hasOwn(KEYS, reason)
}
