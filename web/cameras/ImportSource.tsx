import { Autocomplete, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_NAME_LENGTH } from '../../src/core/stream-name.ts'
import type { HttpProblem } from '../access/fetch-json.ts'
import { Form } from '../admin/Form.tsx'
import { nameProblem } from './camera-draft.ts'
import classes from './Import.module.css'

/** What is imported. */
interface Source {
  readonly text: string
  /** The site of all cameras in it. */
  readonly label: string
}

interface ImportSourceProps {
  readonly source: Source
  /** The sites to offer. */
  readonly sites: readonly string[]
  readonly failure: HttpProblem | undefined
  readonly onChange: (source: Source) => void
  readonly onLook: () => Promise<void>
  readonly onClose: () => void
}

/** The first step of an import: the configuration is pasted. */
export function ImportSource({ source, sites, failure, onChange, onLook, onClose }: ImportSourceProps) {
  const { t } = useTranslation('cameras')
  const [errors, setErrors] = useState<{ text?: string; label?: string }>({})
  const look = async () => {
    const label = nameProblem('label', source.label)
    const wrong = {
      ...(source.text.trim() === '' && { text: t('importMissing') }),
      ...(label && { label: t(label) }),
    }
    setErrors(wrong)
    if (Object.keys(wrong).length === 0) await onLook()
  }
  return (
    <Form action={t('importLook')} failure={failure} onSubmit={look} onCancel={onClose}>
      <Textarea
        label={t('importText')}
        description={t('importHint')}
        placeholder={EXAMPLE}
        classNames={{ input: classes.text }}
        rows={12}
        data-autofocus
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={source.text}
        error={errors.text}
        errorProps={{ role: 'alert' }}
        onChange={({ currentTarget }) => onChange({ ...source, text: currentTarget.value })}
      />
      <Autocomplete
        label={t('importSite')}
        placeholder={t('sitePlaceholder')}
        data={[...sites]}
        maxLength={MAX_NAME_LENGTH}
        comboboxProps={{ withinPortal: false }}
        maxDropdownHeight={160}
        value={source.label}
        error={errors.label}
        errorProps={{ role: 'alert' }}
        onChange={(label) => onChange({ ...source, label })}
      />
    </Form>
  )
}

const EXAMPLE = 'streams:\n  front_door: rtsp://user:password@192.168.1.20:554/stream1'
