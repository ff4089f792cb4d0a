import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './NotFoundPage.module.css'

/** React's error boundary: says that a part of the page failed, where it would be blank otherwise. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render() {
    return this.state.hasFailed ? <Failure /> : this.props.children
  }
}

function Failure() {
  const { t } = useTranslation()
  return (
    <main className={classes.main} role="alert">
      <h1>{t('failed')}</h1>
      <Button onClick={() => location.reload()}>{t('reload')}</Button>
    </main>
  )
}
