import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { fitsWildcard } from '../../src/core/wildcard.ts'
import type { ClassNames } from './protocol.ts'

const ClassNamesContext = createContext<readonly ClassNames[]>([])

/** Asks the server once what the detectors' class numbers mean. Until it has answered they are shown as numbers. */
export function ClassNamesProvider({ children }: { children: ReactNode }) {
  const [classNames, setClassNames] = useState<readonly ClassNames[]>([])
  useEffect(() => {
    const controller = new AbortController()
    load(controller.signal).then(setClassNames, () => {
      // The connection's own trouble is told by the connection; numbers do until the page is opened again.
    })
    return () => controller.abort()
  }, [])
  return <ClassNamesContext value={classNames}>{children}</ClassNamesContext>
}

/** What class numbers mean, for all labels; the first that fits counts. */
export function useAllClassNames(): readonly ClassNames[] {
  return useContext(ClassNamesContext)
}

/** What class numbers mean under this label. */
export function useClassNames(label: string): readonly string[] {
  return useAllClassNames().find(({ labels }) => fitsWildcard(labels, label))?.names ?? NONE
}

const NONE: readonly string[] = []

async function load(signal: AbortSignal): Promise<readonly ClassNames[]> {
  const response = await fetch('/app/settings.json', { signal })
  if (!response.ok) return []
  const settings: { class_names: ClassNames[] } = await response.json()
  return settings.class_names
}
