import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../components/CodeBlock.tsx'
import classes from './PublishCommands.module.css'

/** Commands that read an instrument, and that send what one sends. */
export function InstrumentCommands() {
  const { t } = useTranslation('connect')
  const ways = [
    { id: 'read', name: 'npm start', text: t('instrumentText'), code: 'npm start -- -O beam -S 8888' },
    { id: 'try', name: t('instrumentTry'), text: t('instrumentTryText'), code: TRY },
  ]
  return (
    <Tabs defaultValue="read" classNames={{ tab: classes.tab }}>
      <Tabs.List>
        {ways.map(({ id, name }) => (
          <Tabs.Tab key={id} value={id}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {ways.map(({ id, name, text, code }) => (
        <Tabs.Panel key={id} value={id}>
          <CodeBlock name={name} text={text} code={code} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

const TRY = ['npx belvedere simulate beamline', 'npm start -- -O localhost -S 8888'].join('\n')
