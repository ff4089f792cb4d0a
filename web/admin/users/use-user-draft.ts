import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HttpProblem } from '../../access/fetch-json.ts'
import { MIN_PASSWORD_LENGTH } from '../../access/password-rule.ts'
import { asProblem, request } from '../admin-request.ts'
import { useErrorText } from '../use-error-text.ts'
import { type Account, addAccount } from './api.ts'
import type { SignInCredentials } from './UserAdded.tsx'
import { useCredentials } from './use-credentials.ts'
import { changesOf, draftOf, draftProblemsOf, losesRights, seesNothing, type UserDraft } from './user-draft.ts'

interface Outcomes {
  readonly onChanged: () => void
  readonly onAdded: (credentials: SignInCredentials) => void
  readonly onSaved: () => void
}

/** A hook: the form's fields, their errors, and submitting them. */
export function useUserDraft(account: Account | undefined, { onChanged, onAdded, onSaved }: Outcomes) {
  const { t } = useTranslation('admin')
  const textOf = useErrorText()
  const [draft, setDraft] = useState(() => draftOf(account))
  const [errors, setErrors] = useState<Partial<Record<keyof UserDraft, string>>>({})
  const [failure, setFailure] = useState<HttpProblem>()
  // Adding a user without sites needs one confirmation.
  const [hasAsked, setHasAsked] = useState(false)
  // The state on the server: some of several changes may have been saved before one was refused.
  const [saved, setSaved] = useState(account)
  const credentials = useCredentials(saved && losesRights(saved, draft) ? saved.name : undefined)

  const fail = (field: keyof UserDraft, thrown: unknown) => {
    const found = asProblem(thrown)
    if (found.status === 400 && field === 'name') setErrors({ name: t('userNameTaken') })
    else if (found.status === 409 || found.status === 422) setErrors({ [fieldOf(found) ?? field]: textOf(found) })
    else setFailure(found)
  }

  const add = async () => {
    try {
      const credentials = { name: draft.name.trim(), password: draft.password }
      await addAccount({ ...draft, ...credentials })
      onAdded(credentials)
    } catch (thrown) {
      fail('name', thrown)
    }
  }

  const save = async (before: Account) => {
    let now = before
    for (const { field, method, path, body } of changesOf(before, draft, credentials.isRevoking)) {
      try {
        await request(method, path, body)
      } catch (thrown) {
        setSaved(now)
        onChanged()
        return fail(field, thrown)
      }
      if (field !== 'password') now = { ...now, [field]: draft[field] }
    }
    onSaved()
  }

  const submit = async () => {
    setFailure(undefined)
    const problems = Object.entries(draftProblemsOf(draft, { isNew: saved === undefined }))
    setErrors(
      Object.fromEntries(problems.map(([field, problem]) => [field, t(problem, { least: MIN_PASSWORD_LENGTH })])),
    )
    if (problems.length > 0) return
    if (!saved && !hasAsked && seesNothing(draft)) {
      setHasAsked(true)
      return setErrors({ sites: t('sitesNone') })
    }
    await (saved ? save(saved) : add())
  }

  return {
    draft,
    errors,
    failure,
    /** Whether the warning that a user without sites sees nothing was shown. */
    hasAsked,
    /** What the user has made, if rights are taken away. */
    credentials,
    submit,
    change: (some: Partial<UserDraft>) => {
      setDraft((before) => ({ ...before, ...some }))
      // Editing a field clears its error.
      setErrors((before) => Object.fromEntries(Object.entries(before).filter(([field]) => !(field in some))))
    },
  }
}

/** The field that the server's message begins with, if any. */
function fieldOf({ message }: HttpProblem): keyof UserDraft | undefined {
  return FIELDS[message.split(':', 1)[0] ?? '']
}

/** The fields by the server's names. */
const FIELDS: Readonly<Record<string, keyof UserDraft>> = {
  username: 'name',
  new_username: 'name',
  password: 'password',
  new_password: 'password',
  labels: 'sites',
  role: 'role',
}
