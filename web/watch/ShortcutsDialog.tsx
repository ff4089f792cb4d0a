import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Keystroke } from './Keystroke.tsx'
import classes from './ShortcutsDialog.module.css'

/** The list of keyboard shortcuts. */
export function ShortcutsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation('watch')
  const { t: common } = useTranslation()
  const lines = [
    [[t('keySpace')], `${t('freeze')} / ${t('resume')}`],
    [[','], t('stepBack')],
    [['.'], t('stepForward')],
    [['←'], t('previous')],
    [['→'], t('next')],
    [['O'], t('showOverlays')],
    [['S'], `${t('save')}: ${t('savePlain')}`],
    [['⇧', 'S'], `${t('save')}: ${t('saveWithOverlay')}`],
    [['F'], t('fullScreen')],
    [['Esc'], t('back')],
    [['?'], t('shortcuts')],
  ] as const
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('shortcuts')}
      size="md"
      centered
      withinPortal={false}
      lockScroll={false}
      classNames={{ inner: classes.inner, title: classes.title }}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <dl className={classes.lines}>
        {lines.map(([keys, text]) => (
          <div key={text} className={classes.line}>
            <dt>{text}</dt>
            <dd>
              <Keystroke keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
