import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { classNamesIn } from '../../client/view/page-settings.ts'
import { type ClassNames, classNamesOf } from '../../src/core/class-names.ts'
import { fetchJson } from '../access/fetch-json.ts'
import { useMay } from '../access/use-session.ts'

const ClassNamesContext = createContext<readonly ClassNames[]>([])

/**
 * Provides the names of the detectors' class numbers. Loads them once, as soon as the session allows; until then
 * classes are shown as numbers.
 */
export function ClassNamesProvider({ children }: { children: ReactNode }) {
  const [classNames, setClassNames] = useState<readonly ClassNames[]>([])
  const mayView = useMay()('view')
  useEffect(() => {
    if (!mayView) return undefined
    const controller = new AbortController()
    load(controller.signal).then(setClassNames, () => {
      // Ignored: a connection problem is shown elsewhere, and numbers will do until the page is reloaded.
    })
    return () => controller.abort()
  }, [mayView])
  return <ClassNamesContext value={classNames}>{children}</ClassNamesContext>
}

/** A hook: the class names for all labels; the first entry that matches a label counts. */
export function useAllClassNames(): readonly ClassNames[] {
  return useContext(ClassNamesContext)
}

/** A hook: the class names for a label, by class number. */
export function useClassNames(label: string): readonly string[] {
  const all = useAllClassNames()
  // Memoized: a new array would redraw everything.
  return useMemo(() => classNamesOf(label, all), [label, all])
}

async function load(signal: AbortSignal): Promise<readonly ClassNames[]> {
  return classNamesIn(await fetchJson('/app/settings.json', { signal }))
}
