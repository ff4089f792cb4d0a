import { useState } from 'react'
import type { HttpProblem } from '../access/fetch-json.ts'
import { asProblem } from '../admin/admin-request.ts'
import { type ImportReading, importCameras } from './api.ts'
import { ImportChoice } from './ImportChoice.tsx'
import { ImportSource } from './ImportSource.tsx'

interface ImportFormProps {
  /** The sites to offer. */
  readonly sites: readonly string[]
  readonly onClose: () => void
  /** Some were added. */
  readonly onAdded: (count: number) => void
}

/** Imports the cameras of another program: its configuration is pasted, then what is in it is chosen. */
export function ImportForm({ sites, onClose, onAdded }: ImportFormProps) {
  const [source, setSource] = useState({ text: '', label: sites.length === 1 ? (sites[0] ?? '') : '' })
  const [reading, setReading] = useState<ImportReading>()
  const [isDone, setDone] = useState(false)
  const [failure, setFailure] = useState<HttpProblem>()

  const ask = async (add?: readonly string[]) => {
    setFailure(undefined)
    try {
      const answer = await importCameras(source.text, source.label.trim(), add)
      setReading(answer)
      setDone(add !== undefined)
      const count = answer.entries.filter(({ isAdded }) => isAdded).length
      if (count > 0) onAdded(count)
    } catch (thrown) {
      setFailure(asProblem(thrown))
    }
  }

  return reading ? (
    <ImportChoice
      reading={reading}
      isDone={isDone}
      failure={failure}
      onAdd={ask}
      onBack={() => {
        setReading(undefined)
        setFailure(undefined)
      }}
      onClose={onClose}
    />
  ) : (
    <ImportSource source={source} sites={sites} failure={failure} onChange={setSource} onLook={ask} onClose={onClose} />
  )
}
