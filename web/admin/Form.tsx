import { Button } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HttpProblem } from '../access/fetch-json.ts'
import { ErrorNotice } from './ErrorNotice.tsx'
import classes from './Form.module.css'

interface FormProps {
  /** What the button does: "Add user". */
  readonly action: string
  /** It takes something away for good. */
  readonly isGrave?: boolean
  /** What went wrong that belongs to no field. */
  readonly failure?: HttpProblem | undefined
  /** Does it, or marks the fields that are wrong: the first of them gets the focus then. */
  readonly onSubmit: () => Promise<void>
  readonly onCancel: () => void
  readonly children: ReactNode
}

/** Fields with a button under them that can always be pressed: what is missing is said beside its field. */
export function Form({ action, isGrave = false, failure, onSubmit, onCancel, children }: FormProps) {
  const { t } = useTranslation('admin')
  const form = useRef<HTMLFormElement>(null)
  const [isBusy, setBusy] = useState(false)
  const [attempts, setAttempts] = useState(0)

  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>(WRONG)?.focus()
  }, [attempts])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    await onSubmit()
    setBusy(false)
    setAttempts((n) => n + 1)
  }

  return (
    <form ref={form} className={classes.form} onSubmit={(event) => void submit(event)} noValidate autoComplete="off">
      {children}
      {failure && <ErrorNotice failure={failure} />}
      <div className={classes.end}>
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={isBusy} {...(isGrave && { className: classes.grave })}>
          {action}
        </Button>
      </div>
    </form>
  )
}

/** What is wrong, in the order of the form. */
const WRONG = '[aria-invalid="true"], [data-wrong="true"] input, [data-trouble]'
