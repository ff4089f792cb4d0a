import { Button, VisuallyHidden } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import classes from './CodeBlock.module.css'

interface CodeBlockProps {
  readonly name: string
  /** What the code does. */
  readonly text: string
  readonly code: string
}

/** A code block with a copy button. */
export function CodeBlock({ name, text, code }: CodeBlockProps) {
  const { t } = useTranslation('connect')
  const { copy, copied, error } = useClipboard({ timeout: 2500 })
  return (
    <>
      <div className={classes.head}>
        <p>{text}</p>
        <Button
          className={classes.copy}
          variant="default"
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={18} />}
          aria-label={`${t('copy')}: ${name}`}
          onClick={() => copy(code)}
        >
          {/* Contains both labels, one of them hidden, so that the button keeps its width. */}
          <span className={classes.words} data-copied={copied}>
            <span>{t('copy')}</span>
            <span>{t('copied')}</span>
          </span>
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be keyboard accessible (WCAG 2.1.1) */}
      <section className={classes.code} tabIndex={0} aria-label={t('code', { name })}>
        <pre>
          <code>{code}</code>
        </pre>
      </section>
      <VisuallyHidden role="status">{copied ? t('copied') : ''}</VisuallyHidden>
      {error && (
        <p className={classes.problem} role="alert">
          {t('copyFailed')}
        </p>
      )}
    </>
  )
}
