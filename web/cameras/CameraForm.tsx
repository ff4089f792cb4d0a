import { Autocomplete, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CAMERA_RUNS } from '../../src/core/camera.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import { MAX_NAME_LENGTH } from '../../src/core/stream-name.ts'
import { Form } from '../admin/Form.tsx'
import { RadioCards } from '../admin/RadioCards.tsx'
import { AddressField } from './AddressField.tsx'
import type { ListedCamera } from './api.ts'
import classes from './CameraForm.module.css'
import { CameraTestPart } from './CameraTestPart.tsx'
import { hasCertificate, isOtherHost, isRtsp } from './camera-draft.ts'
import { TransportField } from './TransportField.tsx'
import { useCameraDraft } from './use-camera-draft.ts'

interface CameraFormProps {
  /** The camera to change; left out: a new one. */
  readonly camera?: ListedCamera
  /** The sites to offer. */
  readonly sites: readonly string[]
  /** Whether cameras on private addresses are refused. */
  readonly isPrivateRefused: boolean
  readonly onCancel: () => void
  readonly onSaved: (name: StreamName) => void
}

/** The form to add or change a camera: its address, a test with a picture, its name, and when it runs. */
export function CameraForm({ camera, sites, isPrivateRefused, onCancel, onSaved }: CameraFormProps) {
  const { t } = useTranslation('cameras')
  const fields = useRef<HTMLDivElement>(null)
  const { draft, errors, failure, outcome, change, test, save } = useCameraDraft(
    camera,
    sites.length === 1 ? (sites[0] ?? '') : '',
  )
  const [failedTests, setFailedTests] = useState(0)
  useEffect(() => {
    if (failedTests > 0) fields.current?.querySelector<HTMLElement>('input[aria-invalid="true"]')?.focus()
  }, [failedTests])

  const { settings } = camera ?? {}
  const isMoved = settings !== undefined && isOtherHost(draft.url, settings.url)
  const passwordHint = settings?.hasPassword ? { description: t(isMoved ? 'passwordOtherHost' : 'passwordKept') } : {}

  const submit = async () => {
    const saved = await save()
    if (saved) onSaved(saved)
  }
  const tryOut = async () => {
    if (!(await test())) setFailedTests((n) => n + 1)
  }

  return (
    <Form action={t(camera ? 'save' : 'add')} failure={failure} onSubmit={submit} onCancel={onCancel}>
      <div ref={fields} className={classes.connection}>
        <AddressField url={draft.url} error={errors.url} isPrivateRefused={isPrivateRefused} onChange={change} />
        <div className={classes.pair}>
          <TextInput
            label={t('user')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={draft.user}
            error={errors.user}
            errorProps={{ role: 'alert' }}
            onChange={({ currentTarget }) => change({ user: currentTarget.value })}
          />
          <PasswordInput
            label={t('password')}
            {...passwordHint}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="new-password"
            spellCheck={false}
            visibilityToggleButtonProps={{ 'aria-label': t('passwordShow'), tabIndex: 0 }}
            value={draft.password}
            error={errors.password}
            // Mantine says it of the box around the input only.
            aria-invalid={errors.password !== undefined}
            errorProps={{ role: 'alert' }}
            onChange={({ currentTarget }) => change({ password: currentTarget.value })}
          />
        </div>
        {(hasCertificate(draft.url) || errors.certificate !== undefined) && (
          <Checkbox
            className={classes.certificate}
            label={t('certificate')}
            description={t('certificateHint')}
            checked={draft.certificate === 'any'}
            error={errors.certificate}
            aria-invalid={errors.certificate !== undefined}
            onChange={({ currentTarget }) => change({ certificate: currentTarget.checked ? 'any' : 'verified' })}
          />
        )}
        <CameraTestPart outcome={outcome} onTest={() => void tryOut()} />
      </div>
      <div className={classes.pair}>
        <Autocomplete
          label={t('site')}
          description={t('siteHint')}
          placeholder={t('sitePlaceholder')}
          data={[...sites]}
          maxLength={MAX_NAME_LENGTH}
          // Inside the dialog, so that it neither widens the page nor leaves the focus trap.
          comboboxProps={{ withinPortal: false }}
          maxDropdownHeight={200}
          value={draft.label}
          error={errors.label}
          errorProps={{ role: 'alert' }}
          onChange={(label) => change({ label })}
        />
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          placeholder={t('namePlaceholder')}
          autoComplete="off"
          maxLength={MAX_NAME_LENGTH}
          value={draft.key}
          error={errors.key}
          errorProps={{ role: 'alert' }}
          onChange={({ currentTarget }) => change({ key: currentTarget.value })}
        />
      </div>
      <RadioCards
        name={t('runs')}
        hint={t('runsHint')}
        options={CAMERA_RUNS.map((value) => ({ value, name: t(`runs.${value}`), text: t(`runsText.${value}`) }))}
        value={draft.runs}
        onChange={(runs) => change({ runs })}
      />
      {isRtsp(draft.url) && <TransportField value={draft.transport} onChange={(transport) => change({ transport })} />}
    </Form>
  )
}
