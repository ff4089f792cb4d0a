import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../components/CopyButton.tsx'
import classes from './OneTimeSecret.module.css'

interface OneTimeSecretProps {
  /** The instruction to save it now. */
  readonly text: string
  /** Its name: "Key". */
  readonly name: string
  /** Name and value of each line; the name of a single one is not shown. */
  readonly lines: readonly (readonly [what: string, value: string])[]
  /** The text that the button copies. */
  readonly copied: string
  readonly children?: ReactNode
  readonly onClose: () => void
}

/** Shows a secret that the server returns only once. */
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
