import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useSearchParams } from 'react-router'
import { preferenceStores } from '../preferences/preference-stores.ts'
import { readWallSettings, type WallSettings, writeWallSettings } from './wall-settings.ts'

/** A hook: the wall's settings, kept in the URL, which can be shared, and in the browser for the next visit. */
export function useWallSettings(): [WallSettings, (change: Partial<WallSettings>) => void] {
  const [query, setQuery] = useSearchParams()
  const settings = useMemo(() => readWallSettings(query), [query])
  /** The query restored from storage; a different one comes from a shared URL and is kept. */
  const remembered = useRef<string>(undefined)

  // A URL without settings restores the stored ones. (If the user has chosen the defaults, these are stored.)
  const isBare = query.size === 0
  useEffect(() => {
    const restore = () => {
      const { text = '' } = preferenceStores.wall
      const before = remembered.current
      remembered.current = text
      const now = currentQuery()
      if (now.size === 0 || now.toString() === before) setQuery(new URLSearchParams(text), { replace: true })
    }
    if (isBare && preferenceStores.wall.text) restore()
    // Changes by other tabs are ignored: each may show another part of the wall.
    return preferenceStores.wall.subscribe((origin) => origin === 'taken' && restore())
  }, [isBare, setQuery])

  const change = useCallback(
    (part: Partial<WallSettings>) => {
      const after = writeWallSettings({ ...readWallSettings(currentQuery()), ...part })
      remembered.current = after.toString()
      preferenceStores.wall.set(after.toString(), 'chosen')
      setQuery(after, { replace: true })
    },
    [setQuery],
  )
  return [settings, change]
}

/**
 * The query of the URL now. The router's follows it a render later: of two changes in quick succession, one that built
 * on the router's would undo the first.
 */
function currentQuery(): URLSearchParams {
  return new URLSearchParams(location.search)
}
