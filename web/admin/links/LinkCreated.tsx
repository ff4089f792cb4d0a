import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { dayAndTime } from '../../../client/time/absolute-time.ts'
import { isLoopbackHost } from '../../access/loopback-host.ts'
import { Icon } from '../../icons.tsx'
import { useServerNow } from '../../live/use-server-now.ts'
import { PATHS } from '../../paths.ts'
import { serverUrl } from '../../server-address.ts'
import { OneTimeSecret } from '../OneTimeSecret.tsx'
import { WarningNote } from '../WarningNote.tsx'
import type { CreatedLink } from './api.ts'
import { EmbedCode } from './EmbedCode.tsx'
import classes from './LinkCreated.module.css'
import { SharedTags } from './LinkRow.tsx'
import { QrCode } from './QrCode.tsx'

/** Shows a new link once: to copy, to share, as a QR code, or as HTML for a page. */
export function LinkCreated({ made, onClose }: { made: CreatedLink; onClose: () => void }) {
  const { t, i18n } = useTranslation('admin')
  const now = useServerNow()
  const address = `${serverUrl(PATHS.shareLink)}#token=${made.token}`
  const sent = { title: made.name, url: address }
  const canSend = typeof navigator.share === 'function' && navigator.canShare?.(sent)
  return (
    <OneTimeSecret
      text={t('linkMadeText')}
      name={t('link')}
      lines={[[t('link'), address]]}
      copied={address}
      onClose={onClose}
    >
      {isLoopbackHost(location.hostname) && <WarningNote text={t('linkLocal', { host: location.host })} />}
      <div className={classes.phone}>
        <QrCode text={address} name={t('linkCode')} />
        <div className={classes.words}>
          <h3>{t('linkScan')}</h3>
          <p>{t('linkShows', { moment: dayAndTime(made.expiresAt, now, i18n.language) })}</p>
          <SharedTags streams={made.streams} />
          {canSend && (
            <Button
              className={classes.send}
              variant="default"
              leftSection={<Icon name="share" size={18} />}
              // Cancelling the system's share dialog is not an error.
              onClick={() => void navigator.share(sent).catch(() => undefined)}
            >
              {t('linkSend')}
            </Button>
          )}
        </div>
      </div>
      <EmbedCode made={made} />
    </OneTimeSecret>
  )
}
