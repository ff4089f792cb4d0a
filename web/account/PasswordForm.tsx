import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, type RefObject, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fetchJson, HttpProblem } from '../access/fetch-json.ts'
import { sessions } from '../access/page-session.ts'
import { MIN_PASSWORD_LENGTH } from '../access/password-rule.ts'
import classes from './AccountPage.module.css'
import { type PasswordProblems, passwordProblemsOf } from './password-problems.ts'

const EMPTY = { old: '', fresh: '', again: '' }
/** The fields, in the order of validation. */
const FIELDS = ['old', 'fresh', 'again'] as const
type Field = (typeof FIELDS)[number]

/** The form to change one's own password. */
export function PasswordForm({ username }: { username: string }) {
  const { t } = useTranslation(['account', 'access'])
  const inputs: Record<Field, RefObject<HTMLInputElement | null>> = {
    old: useRef(null),
    fresh: useRef(null),
    again: useRef(null),
  }
  const [entries, setEntries] = useState(EMPTY)
  const [problems, setProblems] = useState<PasswordProblems>({})
  const [outcome, setOutcome] = useState<'changed' | { readonly failed: string }>()
  const [isBusy, setIsBusy] = useState(false)

  const show = (found: PasswordProblems) => {
    setProblems(found)
    const first = FIELDS.find((field) => found[field])
    if (first) inputs[first].current?.focus()
    return first !== undefined
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setOutcome(undefined)
    if (show(passwordProblemsOf(entries))) return
    setIsBusy(true)
    const body = { old_password: entries.old, new_password: entries.fresh }
    try {
      // It closes the page's own connection: the session must not be requested before the new cookie is set.
      await sessions.change(() => fetchJson('/account/password', { method: 'PUT', body }))
      setEntries(EMPTY)
      setOutcome('changed')
    } catch (error) {
      const problem = error instanceof HttpProblem ? error : new HttpProblem(0, '')
      if (problem.status === 403) show({ old: 'oldWrong' })
      else if (problem.status === 422) show({ fresh: 'tooShort' })
      else setOutcome({ failed: problem.message || (problem.status ? `${problem.status}` : t('noAnswer')) })
    }
    setIsBusy(false)
  }
  const field = (name: Field, label: string, more: { description?: string; autoComplete: string }) => {
    const problem = problems[name]
    return (
      <PasswordInput
        ref={inputs[name]}
        label={label}
        size="md"
        value={entries[name]}
        error={problem && t(problem, { min: MIN_PASSWORD_LENGTH })}
        errorProps={{ role: 'alert' }}
        visibilityToggleButtonProps={{ 'aria-label': t('access:passwordShow'), tabIndex: 0 }}
        onChange={({ currentTarget }) => {
          setEntries({ ...entries, [name]: currentTarget.value })
          setProblems({ ...problems, [name]: undefined })
        }}
        {...more}
      />
    )
  }
  return (
    <section className={classes.part}>
      <h2>{t('passwordTitle')}</h2>
      <form className={classes.form} onSubmit={submit} noValidate>
        {/* For the browser's password manager. */}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        {field('old', t('oldPassword'), { autoComplete: 'current-password' })}
        {field('fresh', t('newPassword'), {
          autoComplete: 'new-password',
          description: t('newPasswordHint', { min: MIN_PASSWORD_LENGTH }),
        })}
        {field('again', t('repeat'), { autoComplete: 'new-password' })}
        <div>
          <Button type="submit" size="md" loading={isBusy}>
            {t('change')}
          </Button>
        </div>
        <p className={classes.outcome} role="status" data-trouble={typeof outcome === 'object' || undefined}>
          {outcome === 'changed' && t('changed')}
          {typeof outcome === 'object' && t('failed', { reason: outcome.failed })}
        </p>
      </form>
    </section>
  )
}
