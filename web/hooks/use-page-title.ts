import { useEffect } from 'react'

/** A hook: sets the document title while the component is mounted: "North / Gate 2 · Belvedere". */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${NAME}`
    return () => {
      document.title = NAME
    }
  }, [title])
}

const NAME = 'Belvedere'
