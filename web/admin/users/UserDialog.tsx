import { useTranslation } from 'react-i18next'
import { Dialog } from '../Dialog.tsx'
import type { DialogState } from '../use-dialog.ts'
import type { Account } from './api.ts'
import { type SignInCredentials, UserAdded } from './UserAdded.tsx'
import { UserForm } from './UserForm.tsx'

/** The subject of the dialog. */
export interface UserSubject {
  /** Undefined: a new user. */
  readonly account: Account | undefined
}

interface UserDialogProps {
  readonly dialog: DialogState<UserSubject, SignInCredentials>
  readonly ownId: number | undefined
  /** All existing sites. */
  readonly sites: readonly string[]
  /** Some changes were saved, but not all. */
  readonly onChanged: () => void
  /** All changes were saved. @param text the message */
  readonly onDone: (text: string) => void
}

/** The dialog to add or edit a user. */
export function UserDialog({ dialog, ownId, sites, onChanged, onDone }: UserDialogProps) {
  const { t } = useTranslation('admin')
  const { isOpen, subject, outcome, settle, close } = dialog
  const account = subject?.account
  const name = account?.name ?? ''
  return (
    <Dialog
      title={outcome ? t('userAdded', { name: outcome.name }) : account ? t('editName', { name }) : t('userAdd')}
      isOpen={isOpen}
      isHeld={outcome !== undefined}
      onClose={close}
    >
      {outcome ? (
        <UserAdded credentials={outcome} onClose={close} />
      ) : (
        <UserForm
          account={account}
          isOwn={account !== undefined && account.id === ownId}
          sites={sites}
          onCancel={close}
          onChanged={onChanged}
          onAdded={(credentials) => {
            settle(credentials)
            onDone(t('userAdded', { name: credentials.name }))
          }}
          onSaved={() => {
            close()
            onDone(t('userSaved', { name }))
          }}
        />
      )}
    </Dialog>
  )
}
