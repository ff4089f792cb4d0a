import { useTranslation } from 'react-i18next'
import type { SharedStream } from '../../../src/core/account-store.ts'
import { Icon } from '../../icons.tsx'
import { ListRow, RowAction } from '../ListRow.tsx'
import { Tags } from '../Tags.tsx'
import { TimeText } from '../TimeText.tsx'
import type { Link } from './api.ts'

interface LinkRowProps {
  readonly link: Link
  readonly now: number
  readonly onRevoke: () => void
}

/** One share link: its streams, expiry and last use. */
export function LinkRow({ link, now, onRevoke }: LinkRowProps) {
  const { t } = useTranslation('admin')
  const { name, streams, createdAt, createdBy, expiresAt, lastUsedAt } = link
  const isEnded = expiresAt <= now
  return (
    <ListRow
      mark={<Icon name="share" />}
      name={name}
      tags={[...(isEnded ? [t('ended')] : []), ...(link.showsMetadata ? [t('linkWithMetadata')] : [])]}
      text={
        <>
          <TimeText at={expiresAt} now={now} say={(ago) => t(isEnded ? 'endedAt' : 'ends', { ago })} />
          {!isEnded && (
            <>
              {' · '}
              <TimeText at={expiresAt} now={now} />
            </>
          )}
        </>
      }
      about={<SharedTags streams={streams} />}
      facts={[
        lastUsedAt === undefined ? (
          t('neverUsed')
        ) : (
          <TimeText key="used" at={lastUsedAt} now={now} say={(ago) => t('used', { ago })} />
        ),
        <TimeText key="made" at={createdAt} now={now} say={(ago) => t('madeBy', { name: createdBy, ago })} />,
      ]}
      isEnded={isEnded}
      actions={<RowAction icon="trash" name={t(isEnded ? 'removeName' : 'revokeName', { name })} onClick={onRevoke} />}
    />
  )
}

/** The streams and whole sites of a link, as tags. */
export function SharedTags({ streams }: { streams: readonly SharedStream[] }) {
  const { t } = useTranslation('admin')
  const names = streams.map(({ label, key }) => (key === undefined ? t('wholeSite', { label }) : `${label} / ${key}`))
  return <Tags names={names} most={4} more={(count) => t('moreNames', { count })} />
}
