import { useCallback, useEffect, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { readWallSettings, type WallSettings, writeWallSettings } from './wall-settings.ts'

const STORED = 'belvedere.wall'

/** The wall's settings, kept in the address, so that it can be shared, and in the browser, for the next visit. */
export function useWallSettings(): [WallSettings, (change: Partial<WallSettings>) => void] {
  const [query, setQuery] = useSearchParams()
  const settings = useMemo(() => readWallSettings(query), [query])

  // An address that says nothing is that of somebody who comes back. (Who chose the defaults has stored just these.)
  const isBare = query.size === 0
  useEffect(() => {
    const stored = isBare ? restore() : undefined
    if (stored) setQuery(stored, { replace: true })
  }, [isBare, setQuery])

  const change = useCallback(
    (part: Partial<WallSettings>) => {
      setQuery(
        (before) => {
          const after = writeWallSettings({ ...readWallSettings(before), ...part })
          store(after)
          return after
        },
        { replace: true },
      )
    },
    [setQuery],
  )
  return [settings, change]
}

function restore(): URLSearchParams | undefined {
  try {
    const stored = localStorage.getItem(STORED)
    return stored ? new URLSearchParams(stored) : undefined
  } catch {
    return undefined
  }
}

function store(query: URLSearchParams): void {
  try {
    localStorage.setItem(STORED, query.toString())
  } catch {
    // Where nothing may be stored, the address is enough.
  }
}
