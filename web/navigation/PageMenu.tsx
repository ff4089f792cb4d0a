import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSession } from '../access/use-session.ts'
import { LANGUAGES, type Language, setLanguage } from '../i18n/index.ts'
import { Icon } from '../icons.tsx'
import { PATHS } from '../paths.ts'
import { AccountMenuItems } from './AccountMenuItems.tsx'
import { BarMenu } from './BarMenu.tsx'
import { useVisiblePages } from './use-visible-pages.ts'

/** The main menu: pages, language, appearance; on a narrow screen also the account. */
export function PageMenu() {
  const { t, i18n } = useTranslation()
  const session = useSession()
  const { hasPublish, hasConnect } = useVisiblePages()
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const schemes = { auto: t('themeAuto'), light: t('themeLight'), dark: t('themeDark') } as const
  return (
    <BarMenu
      label={t('menu')}
      width={264}
      target={
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('menu')}>
          <Icon name="dots" />
        </ActionIcon>
      }
    >
      <Menu.Item component={Link} to={PATHS.wall} leftSection={<Icon name="grid" size={18} />}>
        {t('wall')}
      </Menu.Item>
      {hasPublish && (
        <Menu.Item component={Link} to={PATHS.publish} leftSection={<Icon name="camera" size={18} />}>
          {t('publish')}
        </Menu.Item>
      )}
      {hasConnect && (
        <Menu.Item component={Link} to={PATHS.connect} leftSection={<Icon name="plus" size={18} />}>
          {t('connect')}
        </Menu.Item>
      )}
      {session && (isNarrow || session.kind === 'link') && (
        <>
          {session.user && <Menu.Divider />}
          <AccountMenuItems session={session} />
        </>
      )}
      <Menu.Divider />
      <Menu.Label>{t('language')}</Menu.Label>
      {Object.entries(LANGUAGES).map(([language, name]) => (
        <Menu.RadioItem
          key={language}
          lang={language}
          value={language}
          checked={i18n.language === language}
          checkIcon={<Icon name="check" size={18} />}
          closeMenuOnClick
          onChange={() => setLanguage(language as Language)}
        >
          {name}
        </Menu.RadioItem>
      ))}
      <Menu.Divider />
      <Menu.Label>{t('theme')}</Menu.Label>
      {(['auto', 'light', 'dark'] as const).map((scheme) => (
        <Menu.RadioItem
          key={scheme}
          value={scheme}
          checked={colorScheme === scheme}
          checkIcon={<Icon name="check" size={18} />}
          closeMenuOnClick
          onChange={() => setColorScheme(scheme)}
        >
          {schemes[scheme]}
        </Menu.RadioItem>
      ))}
    </BarMenu>
  )
}
