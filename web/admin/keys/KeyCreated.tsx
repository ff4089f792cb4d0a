import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../../components/CodeBlock.tsx'
import { Once } from '../OneTimeSecret.tsx'
import type { MadeKey } from './api.ts'
import { curlUse, pythonUse } from './key-commands.ts'
import classes from './KeyCreated.module.css'
import { exampleLabel } from './label-patterns.ts'

interface KeyMadeProps {
  readonly made: MadeKey
  readonly labels: readonly string[]
  readonly onClose: () => void
}

/** The new key, this once, and commands that use it. */
export function KeyMade({ made, labels, onClose }: KeyMadeProps) {
  const { t } = useTranslation('admin')
  const { secret, scope, patterns } = made
  const use = { origin: location.origin, secret, scope, label: exampleLabel(patterns, labels) }
  const ways = [
    { id: 'curl', name: 'curl', code: curlUse(use) },
    { id: 'python', name: 'Python', code: pythonUse(use) },
  ]
  return (
    <Once text={t('keyMadeText')} name={t('key')} lines={[[t('key'), secret]]} copied={secret} onClose={onClose}>
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
    </Once>
  )
}
