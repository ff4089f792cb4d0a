import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { checkPublishKey } from './check-publish-key.ts'
import classes from './PublishKeyForm.module.css'

/** The form for the publish key, which is verified with the server. */
export function PublishKeyForm({ problem, onKey }: { problem?: string | undefined; onKey: (key: string) => void }) {
  const { t } = useTranslation('publish')
  const [key, setKey] = useState('')
  const [found, setFound] = useState(problem)
  const [isChecking, setIsChecking] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = key.trim()
    if (wanted === '') return setFound(t('keyEmpty'))
    setIsChecking(true)
    const check = await checkPublishKey(wanted)
    setIsChecking(false)
    if (check.is === 'known') onKey(wanted)
    else if (check.is === 'unknown') setFound(t('keyWrong'))
    else if (check.is === 'refused') setFound(t('keyRefused', { reason: check.reason }))
    else setFound(t('keyNoAnswer'))
  }

  return (
    <form className={classes.form} onSubmit={submit}>
      <h1 className={classes.title}>{t('keyTitle')}</h1>
      <p className={classes.where}>{t('keyWhere')}</p>
      <PasswordInput
        label={t('keyLabel')}
        size="md"
        autoComplete="off"
        spellCheck={false}
        value={key}
        error={found}
        errorProps={{ role: 'alert' }}
        visibilityToggleButtonProps={{ 'aria-label': t('keyShow'), tabIndex: 0 }}
        onChange={({ currentTarget }) => setKey(currentTarget.value)}
      />
      <Button type="submit" size="md" loading={isChecking}>
        {t('keyUse')}
      </Button>
    </form>
  )
}
