import { Button, Checkbox } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HttpProblem } from '../access/fetch-json.ts'
import { Form } from '../admin/Form.tsx'
import { Icon } from '../icons.tsx'
import type { ImportEntry, ImportReading } from './api.ts'
import classes from './Import.module.css'

interface ImportChoiceProps {
  readonly reading: ImportReading
  /** Whether it says what became of each, instead of asking which. */
  readonly isDone: boolean
  readonly failure: HttpProblem | undefined
  /** @param names of the entries to add */
  readonly onAdd: (names: readonly string[]) => Promise<void>
  readonly onBack: () => void
  readonly onClose: () => void
}

/** The second step of an import: which cameras are added; then what became of each. */
export function ImportChoice({ reading, isDone, failure, onAdd, onBack, onClose }: ImportChoiceProps) {
  const { t } = useTranslation('cameras')
  const { t: admin } = useTranslation('admin')
  const possible = reading.entries.filter(({ canAdd }) => canAdd)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(possible.map(({ name }) => name)))
  const [isMissing, setMissing] = useState(false)
  const toggle = (name: string) =>
    setChosen((before) => {
      const after = new Set(before)
      if (!after.delete(name)) after.add(name)
      return after
    })
  const submit = async () => {
    if (isDone || possible.length === 0) return onClose()
    setMissing(chosen.size === 0)
    if (chosen.size > 0) await onAdd([...chosen])
  }
  const isOver = isDone || possible.length === 0
  const action = isOver ? admin('finished') : t('importAdd', { count: chosen.size })
  return (
    <Form action={action} failure={failure} onSubmit={submit} onCancel={onClose} hasCancel={!isOver}>
      <div className={classes.found}>
        <p>
          {reading.entries.length === 0 ? t('importNothing') : t('importFound', { program: PROGRAMS[reading.format] })}
        </p>
        {!isDone && (
          <Button variant="subtle" size="compact-sm" onClick={onBack}>
            {t('importBack')}
          </Button>
        )}
      </div>
      {reading.entries.length > 0 && (
        <ul className={classes.entries} aria-label={t('importTitle')}>
          {reading.entries.map((entry) => (
            <li key={entry.name}>
              {isDone || !entry.canAdd ? (
                <Told entry={entry} isDone={isDone} />
              ) : (
                <Checkbox
                  classNames={{ body: classes.line, labelWrapper: classes.words }}
                  checked={chosen.has(entry.name)}
                  label={<b>{`${entry.label} / ${entry.key}`}</b>}
                  description={<span className={classes.url}>{entry.url}</span>}
                  onChange={() => toggle(entry.name)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {isMissing && (
        <p className={classes.missing} role="alert">
          {t('importAddNone')}
        </p>
      )}
    </Form>
  )
}

/** An entry of which nothing can be chosen: whether it was added, and if not, why. */
function Told({ entry, isDone }: { entry: ImportEntry; isDone: boolean }) {
  const { t } = useTranslation('cameras')
  const { name, label, key, url, reason, isAdded } = entry
  const word = isAdded ? 'importAdded' : isDone ? 'importNotAdded' : 'importRefused'
  return (
    <div className={classes.told} data-added={isAdded || undefined}>
      <Icon name={isAdded ? 'check' : 'close'} size={18} />
      <div>
        <b>{key === '' ? name : `${label} / ${key}`}</b>
        {url !== '' && <span className={classes.url}>{url}</span>}
        <span className={classes.reason}>
          {t(word)}
          {!isAdded && reason !== '' && <>: {reason}</>}
        </span>
      </div>
    </div>
  )
}

const PROGRAMS = { go2rtc: 'go2rtc', frigate: 'Frigate' } as const
