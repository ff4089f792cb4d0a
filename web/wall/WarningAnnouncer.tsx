import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './WallPage.module.css'
import type { WarningStreams } from './warning-streams.ts'

/** An ARIA live region that announces each new warning of any stream once. */
export function WarningAnnouncer({ warned }: { warned: WarningStreams }) {
  const { t } = useTranslation('wall')
  const [said, setSaid] = useState('')
  const before = useRef<WarningStreams>(new Map())
  useEffect(() => {
    const fresh = [...warned].filter(([id, { names }]) =>
      names.some((name) => !before.current.get(id)?.names.includes(name)),
    )
    before.current = warned
    if (fresh.length > 0)
      setSaid(fresh.map(([, { stream, words }]) => t('newWarning', { stream, warning: words })).join('. '))
  }, [warned, t])
  return (
    <p className={classes.unseen} aria-live="polite">
      {said}
    </p>
  )
}
