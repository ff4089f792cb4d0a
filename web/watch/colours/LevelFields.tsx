import { TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './LevelFields.module.css'
import { readLevelDraft, type TypedLevels } from './level-draft.ts'

/** The props of the fields. */
export interface LevelFieldsProps {
  readonly levels: TypedLevels
  /** Whether the scale is logarithmic. */
  readonly log: boolean
  readonly onChange: (levels: TypedLevels) => void
}

/** Two levels, or two percentiles, to type. They hold when the field is left or on Enter: half a number would be another one. */
export function LevelFields({ levels, log, onChange }: LevelFieldsProps) {
  const { t } = useTranslation('colours')
  const kind = 'percentiles' in levels ? 'percentiles' : 'range'
  const [low, high] = 'percentiles' in levels ? levels.percentiles : [levels.min, levels.max]
  const [draft, setDraft] = useState<readonly [string, string]>([String(low), String(high)])
  useEffect(() => setDraft([String(low), String(high)]), [low, high])
  const read = readLevelDraft(draft, { kind, log })
  const apply = () => {
    if ('levels' in read) onChange(read.levels)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    apply()
  }
  return (
    <form className={classes.fields} onSubmit={submit} noValidate>
      <TextInput
        label={t(`low.${kind}`)}
        inputMode="decimal"
        value={draft[0]}
        onChange={({ currentTarget }) => setDraft([currentTarget.value, draft[1]])}
        onBlur={apply}
        error={'problem' in read}
      />
      <TextInput
        label={t(`high.${kind}`)}
        inputMode="decimal"
        value={draft[1]}
        onChange={({ currentTarget }) => setDraft([draft[0], currentTarget.value])}
        onBlur={apply}
        error={'problem' in read}
      />
      <button type="submit" hidden />
      <p role="alert" className={classes.problem}>
        {'problem' in read && t(`problem.${read.problem}`)}
      </p>
    </form>
  )
}
