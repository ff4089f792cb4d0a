import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../../components/CodeBlock.tsx'
import { serverUrl } from '../../server-address.ts'
import { OneTimeSecret } from '../OneTimeSecret.tsx'
import type { CreatedKey } from './api.ts'
import classes from './KeyCreated.module.css'
import { curlKeyCommand, pythonKeyCommand } from './key-commands.ts'
import { exampleLabel } from './label-patterns.ts'

interface KeyCreatedProps {
  readonly made: CreatedKey
  readonly labels: readonly string[]
  readonly onClose: () => void
}

/** Shows a new key once, with commands that use it. */
export function KeyCreated({ made, labels, onClose }: KeyCreatedProps) {
  const { t } = useTranslation('admin')
  const { secret, scope, patterns } = made
  const use = { server: serverUrl(), secret, scope, label: exampleLabel(patterns, labels) }
  const ways = [
    { id: 'curl', name: 'curl', code: curlKeyCommand(use) },
    { id: 'python', name: 'Python', code: pythonKeyCommand(use) },
  ]
  return (
    <OneTimeSecret
      text={t('keyMadeText')}
      name={t('key')}
      lines={[[t('key'), secret]]}
      copied={secret}
      onClose={onClose}
    >
      <Tabs defaultValue="curl" classNames={{ tab: classes.tab }}>
        <Tabs.List>
          {ways.map(({ id, name }) => (
            <Tabs.Tab key={id} value={id}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {ways.map(({ id, name, code }) => (
          <Tabs.Panel key={id} value={id}>
            <CodeBlock name={name} text={t(`useText.${scope}`)} code={code} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </OneTimeSecret>
  )
}
