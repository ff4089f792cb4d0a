import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../../components/CodeBlock.tsx'
import { useStreams } from '../../live/use-feed.ts'
import { serverUrl } from '../../server-address.ts'
import type { CreatedLink } from './api.ts'
import classes from './EmbedCode.module.css'
import { embedSnippet, streamsOf } from './embed-snippet.ts'

/** The HTML that embeds a new link's streams in a page of one's own, folded up; nothing if it shows none yet. */
export function EmbedCode({ made }: { made: CreatedLink }) {
  const { t } = useTranslation('admin')
  const { streams: known } = useStreams()
  const streams = streamsOf(made.streams, known)
  if (streams.length === 0) return null
  return (
    <details className={classes.embed}>
      <summary>{t('embed')}</summary>
      <CodeBlock name={t('embed')} text={t('embedText')} code={embedSnippet(serverUrl(), streams, made.token)} />
    </details>
  )
}
