import { useTranslation } from 'react-i18next'
import { isLoopbackHost } from '../../access/loopback-host.ts'
import { PATHS } from '../../paths.ts'
import { serverUrl } from '../../server-address.ts'
import { OneTimeSecret } from '../OneTimeSecret.tsx'
import { WarningNote } from '../WarningNote.tsx'

/** The credentials of a new user. */
export interface SignInCredentials {
  readonly name: string
  readonly password: string
}

/** Shows a new user's credentials once. */
export function UserAdded({ credentials, onClose }: { credentials: SignInCredentials; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const { name, password } = credentials
  const address = serverUrl(PATHS.signIn)
  const lines = [
    [t('address'), address],
    [t('userName'), name],
    [t('password'), password],
  ] as const
  return (
    <OneTimeSecret
      text={t('userAddedText')}
      name={t('credentials')}
      lines={lines}
      copied={lines.map(([what, value]) => `${what}: ${value}`).join('\n')}
      onClose={onClose}
    >
      {isLoopbackHost(location.hostname) && <WarningNote text={t('addressLocal', { host: location.host })} />}
    </OneTimeSecret>
  )
}
