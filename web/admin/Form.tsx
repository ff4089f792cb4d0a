import { Button } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HttpProblem } from '../access/fetch-json.ts'
import { ErrorNotice } from './ErrorNotice.tsx'
import classes from './Form.module.css'

interface FormProps {
  /** The label of the submit button: "Add user". */
  readonly action: string
  /** Whether the action is destructive. */
  readonly isGrave?: boolean
  /** An error that belongs to no field. */
  readonly failure?: HttpProblem | undefined
  /** Submits, or marks invalid fields, the first of which then gets the focus. */
  readonly onSubmit: () => Promise<void>
  readonly onCancel: () => void
  /** Whether there is a cancel button; default: yes. */
  readonly hasCancel?: boolean
  readonly children: ReactNode
}

/** A form whose submit button is never disabled: validation errors are shown at their fields. */
export function Form({ action, isGrave = false, failure, onSubmit, onCancel, hasCancel = true, children }: FormProps) {
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
        {hasCancel && (
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
        )}
        <Button type="submit" loading={isBusy} {...(isGrave && { className: classes.grave })}>
          {action}
        </Button>
      </div>
    </form>
  )
}

/** A selector of the invalid fields, in document order. */
const WRONG = '[aria-invalid="true"], [data-wrong="true"] input, [data-trouble]'
