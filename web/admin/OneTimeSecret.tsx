import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../components/CopyButton.tsx'
import classes from './OneTimeSecret.module.css'

interface OneTimeSecretProps {
  /** Why it must be kept now. */
  readonly text: string
  /** What it is: "Key". */
  readonly name: string
  /** What each is, and it itself; a single one needs no word. */
  readonly lines: readonly (readonly [what: string, value: string])[]
  /** What the button puts on the clipboard. */
  readonly copied: string
  readonly children?: ReactNode
  readonly onClose: () => void
}

/** Something that the server tells this one time. */
export function OneTimeSecret({ text, name, lines, copied, children, onClose }: OneTimeSecretProps) {
  const { t } = useTranslation('admin')
  return (
    <div className={classes.once}>
      <p className={classes.text}>{text}</p>
      <div className={classes.box}>
        <dl className={classes.lines} data-single={lines.length === 1}>
          {lines.map(([what, value]) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <CopyButton name={name} text={copied} isFirst />
      </div>
      {children}
      <div className={classes.end}>
        <Button variant="default" onClick={onClose}>
          {t('finished')}
        </Button>
      </div>
    </div>
  )
}
