import { TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './AddressField.module.css'
import type { CameraDraft } from './camera-draft.ts'
import { MakersMenu } from './MakersMenu.tsx'
import { hasPathOf, type Maker, makerUrl, placeholderIn } from './makers.ts'
import { takeApart } from './pasted-address.ts'

interface AddressFieldProps {
  readonly url: string
  readonly error: string | undefined
  /** Whether cameras on private addresses are refused. */
  readonly isPrivateRefused: boolean
  /** User and password, too, where they are in the address. */
  readonly onChange: (fields: Partial<Pick<CameraDraft, 'url' | 'user' | 'password'>>) => void
}

/**
 * The address of a camera. A user name and a password in it are shown in their own fields while one types, and taken out of
 * it as soon as it is pasted, or left: before, nobody knows whether the next character is one of the password.
 */
export function AddressField({ url, error, isPrivateRefused, onChange }: AddressFieldProps) {
  const { t } = useTranslation('cameras')
  const input = useRef<HTMLInputElement>(null)
  const [isTakenOut, setTakenOut] = useState(false)
  const [maker, setMaker] = useState<Maker>()

  const take = (text: string, isComplete: boolean) => {
    const { url: plain, user, password } = takeApart(text)
    const hasLogin = user !== '' || password !== ''
    if (hasLogin) setTakenOut(true)
    // Nothing may move under the pointer that leaves the field by pressing a button.
    if (isComplete && plain === url && !hasLogin) return
    onChange({ url: isComplete ? plain : text, ...(hasLogin && { user, password }) })
  }
  const choose = (one: Maker) => {
    const chosen = makerUrl(one, url)
    setMaker(one)
    setTakenOut(false)
    onChange({ url: chosen })
    // When the menu has given the focus back.
    setTimeout(() => {
      const place = placeholderIn(chosen)
      input.current?.focus()
      if (place) input.current?.setSelectionRange(place.start, place.end)
    })
  }
  return (
    <div>
      <TextInput
        ref={input}
        label={t('url')}
        description={isPrivateRefused ? `${t('urlHint')} ${t('privateRefused')}` : t('urlHint')}
        placeholder="rtsp://192.168.1.20:554/stream1"
        data-autofocus
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        inputMode="url"
        // Places the menu beside the field, between its description and its error.
        inputContainer={(field) => (
          <div className={classes.field}>
            {field}
            <MakersMenu onChoose={choose} />
          </div>
        )}
        value={url}
        error={error}
        errorProps={{ role: 'alert' }}
        onChange={(event) => take(event.currentTarget.value, isPasted(event))}
        onBlur={() => take(url, true)}
      />
      <div className={classes.hints} role="status">
        {maker && hasPathOf(maker, url) && (
          <>
            <p>{maker.small === undefined ? t('usually') : t('usuallySmall', { small: maker.small })}</p>
            {maker.hint && <p>{t(maker.hint)}</p>}
          </>
        )}
        {isTakenOut && <p>{t('takenOut')}</p>}
      </div>
    </div>
  )
}

function isPasted({ nativeEvent }: FormEvent): boolean {
  return nativeEvent instanceof InputEvent && PASTED.has(nativeEvent.inputType)
}

/** `InputEvent.inputType` of what comes as a whole. */
const PASTED = new Set(['insertFromPaste', 'insertFromDrop', 'insertReplacementText'])
