import { useEffect } from 'react'

/** What the browser calls the page while the component is there: "North / Gate 2 · Belvedere". */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${NAME}`
    return () => {
      document.title = NAME
    }
  }, [title])
}

const NAME = 'Belvedere'
