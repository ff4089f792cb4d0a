import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HttpProblem } from '../../access/fetch-json.ts'
import { asProblem } from '../admin-request.ts'
import { Form } from '../Form.tsx'
import { RadioCards } from '../RadioCards.tsx'
import { useErrorText } from '../use-error-text.ts'
import { WarningNote } from '../WarningNote.tsx'
import { addressOf } from './address.ts'
import { addInstrument, type InstrumentSocket, SOCKETS } from './api.ts'

interface InstrumentFormProps {
  /** The name that it is given if nobody changes it. */
  readonly suggestedName: string
  readonly onCancel: () => void
  readonly onAdded: (name: string) => void
}

/** The form to add an instrument. */
export function InstrumentForm({ suggestedName, onCancel, onAdded }: InstrumentFormProps) {
  const { t } = useTranslation('instruments')
  const { t: admin } = useTranslation('admin')
  const textOf = useErrorText()
  const [typed, setTyped] = useState('')
  const [name, setName] = useState(suggestedName)
  const [socket, setSocket] = useState<InstrumentSocket>('sub')
  const [errors, setErrors] = useState<{ address?: string; name?: string }>({})
  const [failure, setFailure] = useState<HttpProblem>()

  const submit = async () => {
    const address = addressOf(typed)
    const wrong = {
      ...(!address && { address: t('addressWrong') }),
      ...(name.trim() === '' && { name: admin('nameMissing') }),
    }
    setErrors(wrong)
    setFailure(undefined)
    if (!address || wrong.name !== undefined) return
    try {
      await addInstrument({ name: name.trim(), ...address, socket })
      onAdded(name.trim())
    } catch (thrown) {
      const found = asProblem(thrown)
      if (found.status === 409 || found.message.startsWith('name: ')) setErrors({ name: textOf(found) })
      else if (found.message.startsWith('host: ')) setErrors({ address: textOf(found) })
      else setFailure(found)
    }
  }

  return (
    <Form action={t('add')} failure={failure} onSubmit={submit} onCancel={onCancel}>
      <TextInput
        label={t('address')}
        description={t('addressHint')}
        placeholder="tcp://localhost:8888"
        data-autofocus
        autoComplete="off"
        inputMode="url"
        value={typed}
        error={errors.address}
        errorProps={{ role: 'alert' }}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <RadioCards
        name={t('socket')}
        hint={t('socketHint')}
        options={SOCKETS.map((value) => ({ value, name: value.toUpperCase(), text: t(`socketText.${value}`) }))}
        value={socket}
        onChange={setSocket}
      />
      {socket === 'pull' && <WarningNote text={t('pullNote')} />}
      <TextInput
        label={admin('name')}
        description={t('nameHint')}
        autoComplete="off"
        maxLength={200}
        value={name}
        error={errors.name}
        errorProps={{ role: 'alert' }}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
    </Form>
  )
}
