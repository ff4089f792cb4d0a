import { Checkbox } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { WarningNote } from '../WarningNote.tsx'
import classes from './CredentialsField.module.css'
import type { CredentialsChoice } from './use-credentials.ts'

interface CredentialsFieldProps {
  /** The user's name. */
  readonly name: string
  readonly choice: CredentialsChoice
}

/** The keys and share links that a user has made, and whether to revoke them too. Nothing if there are none. */
export function CredentialsField({
  name,
  choice: { keys, links, failure, isRevoking, choose },
}: CredentialsFieldProps) {
  const { t } = useTranslation('admin')
  if (failure) return <WarningNote text={t('madeUnknown', { name })} />
  if (keys.length + links.length === 0) return null
  const made = [
    ...keys.map(({ id, name: key, scope }) => ({
      id,
      text: t('madeKey', { name: key }),
      about: t(`scopeText.${scope}`),
    })),
    ...links.map(({ id, name: link }) => ({ id, text: t('madeLink', { name: link }), about: undefined })),
  ]
  return (
    <Shown>
      <p>{t('madeText', { name })}</p>
      <ul>
        {made.map(({ id, text, about }) => (
          <li key={id}>
            <b>{text}</b>
            {about !== undefined && <> · {about}</>}
          </li>
        ))}
      </ul>
      <Checkbox
        label={t('madeRevoke')}
        description={t('madeRevokeHint')}
        checked={isRevoking}
        onChange={({ currentTarget }) => choose(currentTarget.checked)}
      />
    </Shown>
  )
}

/** Scrolls into view as it appears, since the change that it is about may be far above it. */
function Shown({ children }: { readonly children: ReactNode }) {
  const section = useRef<HTMLElement>(null)
  useEffect(() => {
    section.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <section ref={section} className={classes.made} role="status">
      {children}
    </section>
  )
}
