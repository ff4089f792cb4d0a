import { useTranslation } from 'react-i18next'
import { parseUserAgent } from './user-agent.ts'

/** A hook: a function that names a device in the user's language: "Chrome on Linux", "A program". */
export function useDeviceName(): (agent: string) => string {
  const { t } = useTranslation('account')
  return (agent) => {
    const { browser, system, isProgram } = parseUserAgent(agent)
    if (isProgram) return t('aProgram')
    const name = browser ?? t('aBrowser')
    return system === undefined ? name : t('on', { browser: name, system })
  }
}
