import { Button } from '@mantine/core'
import { Component, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { PATHS } from '../paths.ts'
import { retryFailedParts } from '../update/lazy-part.ts'
import { useIsOutdated } from '../update/use-page-update.ts'
import classes from './NotFoundPage.module.css'

/** A React error boundary: shows a message instead of a blank page, until the user goes somewhere else, or back. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render() {
    return this.state.hasFailed ? <Failure onLeave={this.#recover} /> : this.props.children
  }

  readonly #recover = () => {
    retryFailedParts()
    this.setState({ hasFailed: false })
  }
}

function Failure({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation()
  const isOutdated = useIsOutdated()
  const { key } = useLocation()
  const failedAt = useRef(key)
  useEffect(() => {
    if (key !== failedAt.current) onLeave()
  }, [key, onLeave])
  return (
    <main className={classes.main} role="alert">
      <h1>{isOutdated ? t('updated') : t('failed')}</h1>
      <Button onClick={() => location.reload()}>{t('reload')}</Button>
      <Link to={PATHS.wall}>{t('toWall')}</Link>
    </main>
  )
}
