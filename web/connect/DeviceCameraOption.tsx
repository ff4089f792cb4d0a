import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { PATHS } from '../paths.ts'
import { ConnectOption } from './ConnectOption.tsx'

/** The option to publish this device's camera. */
export function DeviceCameraOption() {
  const { t } = useTranslation('connect')
  return (
    <ConnectOption icon="camera" title={t('deviceTitle')} text={t('deviceText')}>
      <Button component={Link} to={PATHS.publish} variant="default">
        {t('deviceOpen')}
      </Button>
    </ConnectOption>
  )
}
