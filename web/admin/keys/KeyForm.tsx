import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeyScope } from '../../../src/core/account-store.ts'
import type { HttpProblem } from '../../access/fetch-json.ts'
import { useFeed } from '../../live/use-feed.ts'
import { asProblem } from '../admin-request.ts'
import { Form } from '../Form.tsx'
import { NamesInput } from '../NamesInput.tsx'
import { RadioCards } from '../RadioCards.tsx'
import { useErrorText } from '../use-error-text.ts'
import { WarningNote } from '../WarningNote.tsx'
import { type CreatedKey, createKey, SCOPES } from './api.ts'
import { KeyExpiryField } from './KeyExpiryField.tsx'
import { type KeyExpiry, keyExpiryOf } from './key-expiry.ts'
import { ALL_LABELS } from './label-patterns.ts'
import { PatternsField } from './PatternsField.tsx'

interface KeyFormProps {
  /** All existing labels. */
  readonly labels: readonly string[]
  readonly onCancel: () => void
  readonly onMade: (made: CreatedKey) => void
}

/** The form to create a key. */
export function KeyForm({ labels, onCancel, onMade }: KeyFormProps) {
  const { t } = useTranslation('admin')
  const feed = useFeed()
  const textOf = useErrorText()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<KeyScope>('publish')
  const [patterns, setPatterns] = useState<readonly string[]>([])
  const [expiry, setExpiry] = useState<KeyExpiry>('never')
  const [date, setDate] = useState('')
  const [errors, setErrors] = useState<{ name?: string; patterns?: string; date?: string }>({})
  const [failure, setFailure] = useState<HttpProblem>()

  const submit = async () => {
    const end = keyExpiryOf(expiry, date, feed.serverNow)
    const wrong = {
      ...(name.trim() === '' && { name: t('nameMissing') }),
      ...(scope !== 'admin' && patterns.length === 0 && { patterns: t('patternsMissing') }),
      ...('problem' in end && { date: t(end.problem) }),
    }
    setErrors(wrong)
    setFailure(undefined)
    if ('problem' in end || Object.keys(wrong).length > 0) return
    try {
      onMade(
        await createKey({
          name: name.trim(),
          scope,
          patterns: scope === 'admin' ? [ALL_LABELS] : patterns,
          expiresAt: end.at,
        }),
      )
    } catch (thrown) {
      const found = asProblem(thrown)
      if (found.status === 409) setErrors({ name: textOf(found) })
      else setFailure(found)
    }
  }

  return (
    <Form action={t('keyMake')} failure={failure} onSubmit={submit} onCancel={onCancel}>
      <TextInput
        label={t('name')}
        description={t('keyNameHint')}
        placeholder={t('keyNameExample')}
        data-autofocus
        autoComplete="off"
        maxLength={100}
        value={name}
        error={errors.name}
        errorProps={{ role: 'alert' }}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <RadioCards
        name={t('scope')}
        hint={t('scopeHint')}
        options={SCOPES.map((value) => ({ value, name: t(`scope.${value}`), text: t(`scopeText.${value}`) }))}
        value={scope}
        onChange={setScope}
      />
      {scope === 'admin' ? (
        <>
          <NamesInput
            label={t('patterns')}
            hint={t('patternsAdmin')}
            placeholder={t('allLabels')}
            known={[]}
            value={[]}
            error={undefined}
            isFixed
            onChange={setPatterns}
          />
          <WarningNote text={t('scopeAdminNote')} />
        </>
      ) : (
        <PatternsField
          labels={labels}
          value={patterns}
          error={errors.patterns}
          onChange={(some) => {
            setPatterns(some)
            setErrors(({ patterns: _, ...others }) => others)
          }}
        />
      )}
      <KeyExpiryField value={expiry} date={date} error={errors.date} onChange={setExpiry} onDate={setDate} />
    </Form>
  )
}
