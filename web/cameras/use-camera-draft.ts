import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HttpProblem } from '../access/fetch-json.ts'
import { asProblem } from '../admin/admin-request.ts'
import { useErrorText } from '../admin/use-error-text.ts'
import { addCamera, type CameraTest, changeCamera, type ListedCamera, testCamera } from './api.ts'
import {
  addressProblem,
  type CameraDraft,
  type DraftErrors,
  type DraftField,
  draftOf,
  fieldOf,
  fieldsToSend,
  NEW_CAMERA,
  nameProblem,
  sentenceAt,
} from './camera-draft.ts'

/** What a test has come to. */
export type TestOutcome =
  | { readonly kind: 'testing' }
  | { readonly kind: 'picture'; readonly test: CameraTest }
  /** `reason` is empty where it is said at a field. */
  | { readonly kind: 'failed'; readonly reason: string }

/** The state of the form of a camera. */
export interface CameraDraftState {
  readonly draft: CameraDraft
  readonly errors: DraftErrors
  /** An error that belongs to no field. */
  readonly failure: HttpProblem | undefined
  readonly outcome: TestOutcome | undefined
  readonly change: (fields: Partial<CameraDraft>) => void
  /** Gets a picture from the camera. @returns whether one has come */
  readonly test: () => Promise<boolean>
  /** @returns the camera's new name; undefined if it could not be saved, for reasons that are shown */
  readonly save: () => Promise<CameraDraft | undefined>
}

/**
 * A hook: the fields of the form of a camera, what is wrong with them, and the test.
 * @param camera undefined: a new one
 * @param site the site of a new one, if there is only one to choose
 */
export function useCameraDraft(camera: ListedCamera | undefined, site: string): CameraDraftState {
  const { t } = useTranslation('cameras')
  const textOf = useErrorText()
  const [before] = useState(camera && draftOf(camera))
  const [draft, setDraft] = useState(before ?? { ...NEW_CAMERA, label: site })
  const [errors, setErrors] = useState<DraftErrors>({})
  const [failure, setFailure] = useState<HttpProblem>()
  const [outcome, setOutcome] = useState<TestOutcome>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  const change = (fields: Partial<CameraDraft>) => {
    setDraft((last) => ({ ...last, ...fields }))
    setErrors((last) => without(last, Object.keys(fields)))
    setFailure(undefined)
    if (!Object.keys(fields).some((field) => CONNECTION.has(field))) return
    // What was tested is not what is there now.
    running.current?.abort()
    setOutcome(undefined)
  }

  const test = async () => {
    const missing = addressProblem(draft)
    running.current?.abort()
    setOutcome(undefined)
    setErrors((last) => ({ ...without(last, [...CONNECTION]), ...(missing && { url: t(missing) }) }))
    if (missing) return false
    const mine = new AbortController()
    running.current = mine
    setOutcome({ kind: 'testing' })
    // Of a known camera those that it is known by.
    const { label, key } = camera ?? draft
    const fields = { ...fieldsToSend(draft, before), ...(label !== '' && { label }), ...(key !== '' && { key }) }
    const result = await testCamera(fields, mine.signal).catch(asProblem)
    if (mine.signal.aborted) return true
    if ('picture' in result) {
      setOutcome({ kind: 'picture', test: result })
      return true
    }
    const field = fieldOf(result)
    setOutcome({ kind: 'failed', reason: field ? '' : textOf(result) })
    if (field) setErrors((last) => ({ ...last, [field]: sentenceAt(field, textOf(result)) }))
    return false
  }

  const save = async () => {
    const found = problemsOf(draft)
    setErrors(Object.fromEntries(Object.entries(found).map(([field, problem]) => [field, t(problem)])))
    setFailure(undefined)
    if (Object.keys(found).length > 0) return undefined
    const named = { ...draft, label: draft.label.trim(), key: draft.key.trim(), url: draft.url.trim() }
    try {
      const fields = fieldsToSend(named, before)
      if (!camera) await addCamera(fields)
      else if (Object.keys(fields).length > 0) await changeCamera(camera, fields)
      return named
    } catch (thrown) {
      const problem = asProblem(thrown)
      const field = fieldOf(problem)
      if (field) setErrors({ [field]: sentenceAt(field, textOf(problem)) })
      else setFailure(problem)
      return undefined
    }
  }

  return { draft, errors, failure, outcome, change, test, save }
}

/** The fields that a test depends on. */
const CONNECTION: ReadonlySet<string> = new Set<DraftField>(['url', 'user', 'password', 'certificate', 'transport'])

/** What is missing before it can be saved. */
function problemsOf(draft: CameraDraft) {
  const url = addressProblem(draft)
  const label = nameProblem('label', draft.label)
  const key = nameProblem('key', draft.key)
  return { ...(url && { url }), ...(label && { label }), ...(key && { key }) }
}

function without(errors: DraftErrors, fields: readonly string[]): DraftErrors {
  return Object.fromEntries(Object.entries(errors).filter(([field]) => !fields.includes(field)))
}
