import { Button, VisuallyHidden } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import classes from './CopyButton.module.css'
import { copyText } from './copy-text.ts'

interface CopyButtonProps {
  /** The name of what is copied: "Key". */
  readonly name: string
  readonly text: string
  /** Whether it gets the initial focus of its dialog. */
  readonly isFirst?: boolean
}

/** A button that copies a text to the clipboard, also over plain HTTP, and confirms it. */
export function CopyButton({ name, text, isFirst = false }: CopyButtonProps) {
  const { t } = useTranslation('connect')
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state !== 'copied') return
    const timer = setTimeout(setState, 2500, 'idle')
    return () => clearTimeout(timer)
  }, [state])
  const isCopied = state === 'copied'
  return (
    <>
      <Button
        className={classes.copy}
        leftSection={<Icon name={isCopied ? 'check' : 'copy'} size={18} />}
        aria-label={`${t('copy')}: ${name}`}
        autoFocus={isFirst}
        data-autofocus={isFirst}
        onClick={async () => setState((await copyText(() => text)) ? 'copied' : 'failed')}
      >
        {/* Contains both labels, one of them hidden, so that the button keeps its width. */}
        <span className={classes.words} data-copied={isCopied}>
          <span>{t('copy')}</span>
          <span>{t('copied')}</span>
        </span>
      </Button>
      <VisuallyHidden role="status">{isCopied ? t('copied') : ''}</VisuallyHidden>
      {state === 'failed' && (
        <p className={classes.problem} role="alert">
          {t('copyFailed')}
        </p>
      )}
    </>
  )
}
