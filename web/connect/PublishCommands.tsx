import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../components/CodeBlock.tsx'
import classes from './PublishCommands.module.css'
import { curlCommand, folderCommand, pythonProgram } from './publish-commands.ts'

/** Commands that publish pictures to this server, with its actual URL and key. */
export function PublishCommands({ server, publishKey }: { server: string; publishKey: string }) {
  const { t } = useTranslation('connect')
  const connection = { server, key: publishKey }
  const ways = [
    { id: 'curl', name: t('curl'), text: t('curlText'), code: curlCommand(connection) },
    { id: 'python', name: t('python'), text: t('pythonText'), code: pythonProgram(connection) },
    { id: 'folder', name: t('folder'), text: t('folderText'), code: folderCommand(connection) },
  ]
  return (
    <Tabs defaultValue="curl" classNames={{ tab: classes.tab }}>
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
