import { Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SharedStream } from '../../../src/core/account-store.ts'
import type { HttpProblem } from '../../access/fetch-json.ts'
import { useFeed } from '../../live/use-feed.ts'
import { asProblem } from '../admin-request.ts'
import { Form } from '../Form.tsx'
import { type CreatedLink, createLink } from './api.ts'
import { LinkExpiryField } from './LinkExpiryField.tsx'
import { type LinkExpiry, linkExpiryOf } from './link-expiry.ts'
import { StreamPicker } from './StreamPicker.tsx'
import { MAX_STREAMS } from './stream-selection.ts'

interface LinkFormProps {
  /** The initial selection. */
  readonly first: readonly SharedStream[]
  readonly onCancel: () => void
  readonly onMade: (made: CreatedLink) => void
}

/** The form to create a share link. */
export function LinkForm({ first, onCancel, onMade }: LinkFormProps) {
  const { t } = useTranslation('admin')
  const feed = useFeed()
  const [name, setName] = useState('')
  const [selected, setSelected] = useState(first)
  const [showsMetadata, setShowsMetadata] = useState(false)
  const [expiry, setExpiry] = useState<LinkExpiry>('day')
  const [moment, setMoment] = useState('')
  const [errors, setErrors] = useState<{ name?: string; selected?: string; moment?: string }>({})
  const [failure, setFailure] = useState<HttpProblem>()

  const submit = async () => {
    const end = linkExpiryOf(expiry, moment, feed.serverNow)
    const wrong = {
      ...(name.trim() === '' && { name: t('nameMissing') }),
      ...(selected.length === 0 && { selected: t('streamsMissing') }),
      ...(selected.length > MAX_STREAMS && {
        selected: t('streamsTooMany', { most: MAX_STREAMS, count: selected.length }),
      }),
      ...('problem' in end && { moment: t(end.problem) }),
    }
    setErrors(wrong)
    setFailure(undefined)
    if ('problem' in end || Object.keys(wrong).length > 0) return
    await createLink({ name: name.trim(), streams: selected, showsMetadata, expiresAt: end.at }).then(
      onMade,
      (thrown) => setFailure(asProblem(thrown)),
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
        selected={selected}
        error={errors.selected}
        onChange={(streams) => {
          setSelected(streams)
          setErrors(({ selected: _, ...others }) => others)
        }}
      />
      <Switch
        label={t('linkMetadata')}
        description={t('linkMetadataHint')}
        checked={showsMetadata}
        onChange={({ currentTarget }) => setShowsMetadata(currentTarget.checked)}
      />
      <LinkExpiryField value={expiry} moment={moment} error={errors.moment} onChange={setExpiry} onMoment={setMoment} />
    </Form>
  )
}
