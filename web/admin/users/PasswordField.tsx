import { Button, PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../../icons.tsx'
import { generatePassword } from './generate-password.ts'
import classes from './PasswordField.module.css'

interface PasswordFieldProps {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (password: string) => void
}

/** The field for another user's password, with a generator. */
export function PasswordField({ label, hint, value, error, onChange }: PasswordFieldProps) {
  const { t } = useTranslation('admin')
  const [isVisible, setVisible] = useState(false)
  return (
    <PasswordInput
      label={label}
      description={hint}
      autoComplete="new-password"
      spellCheck={false}
      visible={isVisible}
      onVisibilityChange={setVisible}
      visibilityToggleButtonProps={{ 'aria-label': t('passwordShow'), tabIndex: 0 }}
      // Places the button beside the field, between its description and its error.
      inputContainer={(field) => (
        <div className={classes.field}>
          {field}
          <Button
            variant="default"
            leftSection={<Icon name="refresh" size={16} />}
            onClick={() => {
              onChange(generatePassword())
              setVisible(true)
            }}
          >
            {t('passwordMake')}
          </Button>
        </div>
      )}
      value={value}
      error={error}
      errorProps={{ role: 'alert' }}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}
