import { ActionIcon, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Overlay } from '../../client/overlay/shapes.ts'
import type { Units } from '../../src/core/instrument.ts'
import type { Json } from '../../src/core/json.ts'
import { useSession } from '../access/use-session.ts'
import { copyText } from '../components/copy-text.ts'
import { Icon } from '../icons.tsx'
import type { Picture } from '../live/worker-protocol.ts'
import { NONE } from './Facts.tsx'
import { MetadataTree } from './MetadataTree.tsx'
import panel from './Panel.module.css'
import { PanelSection } from './PanelSection.tsx'

/** The props of the section. */
export interface MetadataSectionProps {
  readonly title: string
  readonly picture: Picture | undefined
  readonly overlay: Overlay | undefined
  /** Of numbers and profiles, by their names. */
  readonly units?: Units | undefined
}

/** The picture's data as a tree: unparsable annotations, then the metadata. */
export function MetadataSection({ title, picture, overlay, units }: MetadataSectionProps) {
  const { t } = useTranslation('watch')
  const isShared = useSession()?.link?.showsMetadata !== false
  const entries: (readonly [string, Json])[] = [
    ...(overlay?.unread ?? []).map(({ field, text }) => [field, text] as const),
    ...Object.entries(picture?.metadata ?? {}),
  ]
  return (
    <PanelSection title={title} end={picture && <CopyJson picture={picture} />}>
      {entries.length > 0 ? (
        <MetadataTree entries={entries} units={units} />
      ) : (
        <p className={panel.quiet}>{picture ? t(isShared ? 'noMetadata' : 'notShared') : NONE}</p>
      )}
    </PanelSection>
  )
}

/** The button that copies the complete annotations and metadata as JSON. */
function CopyJson({ picture }: { picture: Picture }) {
  const { t } = useTranslation('watch')
  const [outcome, setOutcome] = useState<'copied' | 'copyFailed'>()
  const { annotations, metadata, stream, frameId, receivedAt, capturedAt, pulse, width, height } = picture
  const copy = async () => {
    const all = { ...stream, id: frameId, receivedAt, capturedAt, pulse, width, height, annotations, metadata }
    setOutcome((await copyText(() => JSON.stringify(all, undefined, 2))) ? 'copied' : 'copyFailed')
  }
  const label = t(outcome ?? 'copyJson')
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={panel.copy}
          aria-label={t('copyJson')}
          onClick={copy}
          onPointerLeave={() => setOutcome(undefined)}
        >
          <Icon name={outcome === 'copied' ? 'check' : 'copy'} size={16} />
        </ActionIcon>
      </Tooltip>
      <span role="status" className={panel.unseen}>
        {outcome && t(outcome)}
      </span>
    </>
  )
}
