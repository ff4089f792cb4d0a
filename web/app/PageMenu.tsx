import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { LANGUAGES, type Language, setLanguage } from '../i18n/index.ts'
import { Icon } from '../icons.tsx'

/** Language and appearance; on a narrow screen also where else to go. */
export function PageMenu() {
  const { t, i18n } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const schemes = { auto: t('themeAuto'), light: t('themeLight'), dark: t('themeDark') } as const
  return (
    <Menu position="bottom-end" width={232} shadow="md">
      <Menu.Target>
        <Tooltip label={t('menu')}>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('menu')}>
            <Icon name="dots" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/" leftSection={<Icon name="grid" size={18} />}>
          {t('wall')}
        </Menu.Item>
        <Menu.Item component={Link} to="/publish" leftSection={<Icon name="camera" size={18} />}>
          {t('publish')}
        </Menu.Item>
        <Menu.Item component={Link} to="/connect" leftSection={<Icon name="plus" size={18} />}>
          {t('connect')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Menu.Item
            key={language}
            lang={language}
            role="menuitemradio"
            aria-checked={i18n.language === language}
            rightSection={i18n.language === language && <Icon name="check" size={16} />}
            onClick={() => setLanguage(language as Language)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('theme')}</Menu.Label>
        {(['auto', 'light', 'dark'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            role="menuitemradio"
            aria-checked={colorScheme === scheme}
            rightSection={colorScheme === scheme && <Icon name="check" size={16} />}
            onClick={() => setColorScheme(scheme)}
          >
            {schemes[scheme]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
