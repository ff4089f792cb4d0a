import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fetchJson } from '../access/fetch-json.ts'
import { readSession } from '../access/session.ts'
import { forgetShare } from '../access/share-token.ts'
import { fetchPreferences } from '../preferences/start-preferences.ts'
import { goTo } from '../server-address.ts'
import { cookieFacts, cookieTroubleOf } from './cookie-trouble.ts'
import { SignInMessage } from './SignInMessage.tsx'
import classes from './SignInPage.module.css'
import { type SignInTrouble, signInTroubleOf } from './sign-in-trouble.ts'
import { useCountdown } from './use-countdown.ts'

/** The sign-in form. @param props.next the path to go to after signing in */
export function SignInForm({ next }: { next: string }) {
  const { t } = useTranslation('access')
  const name = useRef<HTMLInputElement>(null)
  const secret = useRef<HTMLInputElement>(null)
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [hasTried, setHasTried] = useState(false)
  const [trouble, setTrouble] = useState<SignInTrouble>()
  const [seconds, startCountdown] = useCountdown()
  // The form is the only purpose of this page.
  useEffect(() => name.current?.focus(), [])

  const fail = (found: SignInTrouble) => {
    setTrouble(found)
    setIsBusy(false)
    if (found.kind === 'tooOften') startCountdown(found.seconds)
    if (found.kind === 'wrong') secret.current?.select()
  }

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setHasTried(true)
    setTrouble(undefined)
    if (username.trim() === '') return name.current?.focus()
    if (password === '') return secret.current?.focus()
    setIsBusy(true)
    try {
      const session = readSession(await fetchJson('/session', { method: 'POST', body: { username, password } }))
      // Signing in replaces guest access.
      forgetShare()
      // The browser may not have kept the cookie, and would be asked to sign in again and again.
      const known = readSession(await fetchJson('/session'))
      if (known.user?.id !== session.user?.id) return fail({ kind: cookieTroubleOf(cookieFacts()) })
      if (session.user) await fetchPreferences(session.user.id)
      // A full page load, so that no state of the previous session remains.
      goTo(next)
    } catch (error) {
      fail(signInTroubleOf(error))
    }
  }

  return (
    <form className={classes.form} onSubmit={submit} noValidate aria-busy={isBusy}>
      <h1 className={classes.title}>{t('title')}</h1>
      <TextInput
        ref={name}
        label={t('username')}
        size="md"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        error={hasTried && username.trim() === '' && t('usernameEmpty')}
        onChange={({ currentTarget }) => setUsername(currentTarget.value)}
      />
      <PasswordInput
        ref={secret}
        label={t('password')}
        size="md"
        name="password"
        autoComplete="current-password"
        value={password}
        error={hasTried && password === '' && t('passwordEmpty')}
        visibilityToggleButtonProps={{ 'aria-label': t('passwordShow'), tabIndex: 0 }}
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      <Button type="submit" size="md" loading={isBusy} disabled={seconds > 0}>
        {t('signIn')}
      </Button>
      <div className={classes.trouble}>{trouble && <SignInMessage trouble={trouble} secondsLeft={seconds} />}</div>
    </form>
  )
}
