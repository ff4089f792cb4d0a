import { Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './Dialog.module.css'

interface DialogProps {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  /** `md` for a question, `lg` for a form. */
  readonly size?: 'md' | 'lg'
  /** Only its buttons close it, not Escape or a click outside: for content that is shown only once. */
  readonly isHeld?: boolean
  readonly children: ReactNode
}

/** A modal dialog; on a phone a form fills the screen. */
export function Dialog({ title, isOpen, onClose, size = 'lg', isHeld = false, children }: DialogProps) {
  const { t } = useTranslation()
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size={size}
      centered
      fullScreen={isNarrow && size === 'lg'}
      withinPortal={false}
      lockScroll={false}
      closeOnClickOutside={size === 'md' && !isHeld}
      closeOnEscape={!isHeld}
      transitionProps={{ duration: 120, transition: 'fade' }}
      classNames={{
        inner: classes.inner,
        content: classes.content,
        header: classes.header,
        title: classes.title,
        body: classes.body,
      }}
      closeButtonProps={{ 'aria-label': t('close'), size: 40, iconSize: 20 }}
    >
      {children}
    </Modal>
  )
}
