import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useSearchParams } from 'react-router'
import { preferenceStores } from '../preferences/preference-stores.ts'
import { readWallSettings, type WallSettings, writeWallSettings } from './wall-settings.ts'

/** The wall's settings, kept in the address, so that it can be shared, and in the browser, for the next visit. */
export function useWallSettings(): [WallSettings, (change: Partial<WallSettings>) => void] {
  const [query, setQuery] = useSearchParams()
  const settings = useMemo(() => readWallSettings(query), [query])
  /** The query that came from what is remembered; another one was shared, and stays. */
  const remembered = useRef<string>(undefined)

  // An address that says nothing is that of somebody who comes back. (Who chose the defaults has stored just these.)
  const isBare = query.size === 0
  useEffect(() => {
    const restore = () => {
      const { text = '' } = preferenceStores.wall
      const before = remembered.current
      remembered.current = text
      setQuery((now) => (now.size === 0 || now.toString() === before ? new URLSearchParams(text) : now), {
        replace: true,
      })
    }
    if (isBare && preferenceStores.wall.text) restore()
    // Another tab may show another part of the wall.
    return preferenceStores.wall.subscribe((origin) => origin === 'taken' && restore())
  }, [isBare, setQuery])

  const change = useCallback(
    (part: Partial<WallSettings>) => {
      setQuery(
        (before) => {
          const after = writeWallSettings({ ...readWallSettings(before), ...part })
          remembered.current = after.toString()
          preferenceStores.wall.set(after.toString(), 'chosen')
          return after
        },
        { replace: true },
      )
    },
    [setQuery],
  )
  return [settings, change]
}
