import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import type { HttpProblem } from '../../access/fetch-json.ts'
import { asProblem } from '../admin-request.ts'
import { Dialog } from '../Dialog.tsx'
import { Form } from '../Form.tsx'
import type { DialogState } from '../use-dialog.ts'
import { WarningNote } from '../WarningNote.tsx'
import { type Account, deleteAccount } from './api.ts'
import { CredentialsField } from './CredentialsField.tsx'
import { useCredentials } from './use-credentials.ts'

interface DeleteUserDialogProps {
  readonly dialog: DialogState<Account>
  readonly isOwn: boolean
  readonly onDone: (text: string) => void
}

/** The dialog to delete a user, confirmed by typing the name. */
export function DeleteUserDialog({ dialog, isOwn, onDone }: DeleteUserDialogProps) {
  const { t } = useTranslation('admin')
  const name = dialog.subject?.name ?? ''
  return (
    <Dialog title={t('deleteTitle', { name })} isOpen={dialog.isOpen} onClose={dialog.close} size="md">
      <DeleteForm
        name={name}
        isOwn={isOwn}
        onCancel={dialog.close}
        onDeleted={() => {
          dialog.close()
          onDone(t('userDeleted', { name }))
        }}
      />
    </Dialog>
  )
}

interface DeleteFormProps {
  readonly name: string
  readonly isOwn: boolean
  readonly onCancel: () => void
  readonly onDeleted: () => void
}

function DeleteForm({ name, isOwn, onCancel, onDeleted }: DeleteFormProps) {
  const { t } = useTranslation('admin')
  const [typed, setTyped] = useState('')
  const [error, setError] = useState<string>()
  const [failure, setFailure] = useState<HttpProblem>()
  const credentials = useCredentials(name)
  const submit = async () => {
    setFailure(undefined)
    if (typed.trim() !== name) return setError(t('deleteWrong', { name }))
    await deleteAccount(name, credentials.isRevoking).then(onDeleted, (thrown) => setFailure(asProblem(thrown)))
  }
  return (
    <Form action={t('delete')} isGrave failure={failure} onSubmit={submit} onCancel={onCancel}>
      {isOwn && <WarningNote text={t('deleteSelf')} />}
      <CredentialsField name={name} choice={credentials} />
      <TextInput
        label={<Trans t={t} i18nKey="deleteType" values={{ name }} components={{ b: <b /> }} shouldUnescape />}
        description={t('deleteText')}
        data-autofocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        error={error}
        errorProps={{ role: 'alert' }}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value)
          setError(undefined)
        }}
      />
    </Form>
  )
}
