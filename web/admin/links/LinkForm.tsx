import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SharedStream } from '../../../src/core/accounts.ts'
import type { HttpProblem } from '../../access/fetch-json.ts'
import { Form } from '../Form.tsx'
import { asProblem } from '../admin-request.ts'
import { type MadeLink, makeLink } from './api.ts'
import { MOST } from './stream-selection.ts'
import { StreamPicker } from './StreamPicker.tsx'
import { UntilField } from './LinkExpiryField.tsx'
import { type Until, untilOf } from './link-expiry.ts'

interface LinkFormProps {
  /** What is chosen from the beginning. */
  readonly first: readonly SharedStream[]
  readonly onCancel: () => void
  readonly onMade: (made: MadeLink) => void
}

/** What a new link is to show, and until when. */
export function LinkForm({ first, onCancel, onMade }: LinkFormProps) {
  const { t } = useTranslation('admin')
  const [name, setName] = useState('')
  const [picked, setPicked] = useState(first)
  const [until, setUntil] = useState<Until>('day')
  const [moment, setMoment] = useState('')
  const [errors, setErrors] = useState<{ name?: string; picked?: string; moment?: string }>({})
  const [failure, setFailure] = useState<HttpProblem>()

  const submit = async () => {
    const end = untilOf(until, moment, Date.now())
    const wrong = {
      ...(name.trim() === '' && { name: t('nameMissing') }),
      ...(picked.length === 0 && { picked: t('streamsMissing') }),
      ...(picked.length > MOST && { picked: t('streamsTooMany', { most: MOST, count: picked.length }) }),
      ...('problem' in end && { moment: t(end.problem) }),
    }
    setErrors(wrong)
    setFailure(undefined)
    if ('problem' in end || Object.keys(wrong).length > 0) return
    await makeLink({ name: name.trim(), streams: picked, expiresAt: end.at }).then(onMade, (thrown) =>
      setFailure(asProblem(thrown)),
    )
  }

  return (
    <Form action={t('linkMake')} failure={failure} onSubmit={submit} onCancel={onCancel}>
      <TextInput
        label={t('name')}
        description={t('linkNameHint')}
        placeholder={t('linkNameExample')}
        data-autofocus
        autoComplete="off"
        maxLength={100}
        value={name}
        error={errors.name}
        errorProps={{ role: 'alert' }}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <StreamPicker
        picked={picked}
        error={errors.picked}
        onChange={(streams) => {
          setPicked(streams)
          setErrors(({ picked: _, ...others }) => others)
        }}
      />
      <UntilField value={until} moment={moment} error={errors.moment} onChange={setUntil} onMoment={setMoment} />
    </Form>
  )
}
