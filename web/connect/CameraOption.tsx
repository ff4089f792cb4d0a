import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { PATHS } from '../paths.ts'
import { ConnectOption } from './ConnectOption.tsx'

/** The option to have the server pull a camera. */
export function CameraOption() {
  const { t } = useTranslation('cameras')
  return (
    <ConnectOption icon="cctv" title={t('add')} text={t('addText')}>
      <Button component={Link} to={`${PATHS.cameras}?add`}>
        {t('add')}
      </Button>
    </ConnectOption>
  )
}
