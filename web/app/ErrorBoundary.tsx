import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './NotFoundPage.module.css'

/** A React error boundary: shows a message instead of a blank page. */
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
