import { Anchor, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ROLES } from '../../../src/core/account-store.ts'
import { MIN_PASSWORD_LENGTH } from '../../access/password-rule.ts'
import { PATHS } from '../../paths.ts'
import { Form } from '../Form.tsx'
import { RadioCards } from '../RadioCards.tsx'
import { WarningNote } from '../WarningNote.tsx'
import type { Account } from './api.ts'
import { CredentialsField } from './CredentialsField.tsx'
import { PasswordField } from './PasswordField.tsx'
import { SitesField } from './SitesField.tsx'
import type { SignInCredentials } from './UserAdded.tsx'
import classes from './UserForm.module.css'
import { useUserDraft } from './use-user-draft.ts'
import { draftOf, locksOut, seesNothing } from './user-draft.ts'

interface UserFormProps {
  /** Undefined: a new user. */
  readonly account: Account | undefined
  readonly isOwn: boolean
  readonly sites: readonly string[]
  readonly onCancel: () => void
  readonly onChanged: () => void
  readonly onAdded: (credentials: SignInCredentials) => void
  readonly onSaved: () => void
}

/** The form of a user. */
export function UserForm({ account, isOwn, sites, onCancel, ...outcomes }: UserFormProps) {
  const { t } = useTranslation('admin')
  const { t: access } = useTranslation('access')
  const { draft, change, errors, failure, hasAsked, credentials, submit } = useUserDraft(account, outcomes)
  const [first] = useState(() => draftOf(account))
  const add = hasAsked && seesNothing(draft) ? 'userAddBare' : 'userAdd'
  return (
    <Form action={t(account ? 'save' : add)} failure={failure} onSubmit={submit} onCancel={onCancel}>
      <TextInput
        label={t('userName')}
        description={t('userNameHint')}
        data-autofocus={account === undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        value={draft.name}
        error={errors.name}
        errorProps={{ role: 'alert' }}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      {isOwn ? (
        <p className={classes.own}>
          {t('ownPassword')}{' '}
          <Anchor component={Link} to={PATHS.account} inherit underline="always">
            {t('ownAccount')}
          </Anchor>
        </p>
      ) : (
        <PasswordField
          label={t(account ? 'newPassword' : 'password')}
          hint={t(account ? 'newPasswordHint' : 'passwordHint', { least: MIN_PASSWORD_LENGTH })}
          value={draft.password}
          error={errors.password}
          onChange={(password) => change({ password })}
        />
      )}
      <SitesField
        isAll={draft.role === 'admin'}
        known={sites}
        value={draft.sites}
        error={errors.sites}
        onChange={(chosen) => change({ sites: chosen })}
      />
      <RadioCards
        name={t('roleName')}
        hint={t('roleHint')}
        options={ROLES.map((value) => ({ value, name: access(`role.${value}`), text: t(`roleText.${value}`) }))}
        value={draft.role}
        error={errors.role}
        onChange={(role) => change({ role })}
      />
      {account && (
        <Switch
          label={t('mayStart')}
          description={t('mayStartHint')}
          checked={draft.isActive}
          error={errors.isActive}
          data-wrong={errors.isActive !== undefined}
          onChange={({ currentTarget }) => change({ isActive: currentTarget.checked })}
        />
      )}
      {isOwn && account && locksOut(account, draft) && <WarningNote text={t('lockOut')} />}
      <CredentialsField name={first.name} choice={credentials} />
      {isOwn && draft.name.trim() !== first.name && <WarningNote text={t('ownRename')} />}
    </Form>
  )
}
