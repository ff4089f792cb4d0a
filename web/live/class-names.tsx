import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { type ClassNames, classNamesOf } from '../../src/core/class-names.ts'
import { fetchJson } from '../access/fetch-json.ts'
import { useMay } from '../access/use-session.ts'

const ClassNamesContext = createContext<readonly ClassNames[]>([])

/**
 * Asks the server once what the detectors' class numbers mean, as soon as it is known that it will answer. Until it has
 * they are shown as numbers.
 */
export function ClassNamesProvider({ children }: { children: ReactNode }) {
  const [classNames, setClassNames] = useState<readonly ClassNames[]>([])
  const mayView = useMay()('view')
  useEffect(() => {
    if (!mayView) return undefined
    const controller = new AbortController()
    load(controller.signal).then(setClassNames, () => {
      // The connection's own trouble is told by the connection; numbers do until the page is opened again.
    })
    return () => controller.abort()
  }, [mayView])
  return <ClassNamesContext value={classNames}>{children}</ClassNamesContext>
}

/** What class numbers mean, for all labels; the first that fits counts. */
export function useAllClassNames(): readonly ClassNames[] {
  return useContext(ClassNamesContext)
}

/** What class numbers mean under this label. */
export function useClassNames(label: string): readonly string[] {
  const all = useAllClassNames()
  // The same list each time, or what is drawn with it would be drawn anew.
  return useMemo(() => classNamesOf(label, all), [label, all])
}

async function load(signal: AbortSignal): Promise<readonly ClassNames[]> {
  const settings = await fetchJson('/app/settings.json', { signal })
  return hasClassNames(settings) ? settings.class_names : []
}

/** The server's own answer is taken at its word. */
function hasClassNames(settings: unknown): settings is { class_names: ClassNames[] } {
  return typeof settings === 'object' && settings !== null && 'class_names' in settings
}
