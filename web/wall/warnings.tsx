import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './WallPage.module.css'

/** The words of each stream that warns now, by its id (`streamId`). */
type Warned = ReadonlyMap<string, string>

/** A stream, as a listener hears of it. */
interface Teller {
  readonly id: string
  readonly name: string
}

const WarnedContext = createContext<Warned>(new Map())
const TellContext = createContext<(teller: Teller, words: string | undefined) => void>(() => {})

/** Keeps which of the tiles warn now, for the bar above them, and says a new warning aloud, once. */
export function WarningsProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation('wall')
  const [warned, setWarned] = useState<Warned>(new Map())
  const [said, setSaid] = useState('')
  const tell = useCallback(
    ({ id, name }: Teller, words: string | undefined) => {
      setWarned((before) => {
        if (before.get(id) === words) return before
        const after = new Map(before)
        if (words === undefined) after.delete(id)
        else after.set(id, words)
        return after
      })
      if (words !== undefined) setSaid(t('newWarning', { stream: name, warning: words }))
    },
    [t],
  )
  return (
    <TellContext value={tell}>
      <WarnedContext value={warned}>{children}</WarnedContext>
      <p className={classes.unseen} aria-live="polite">
        {said}
      </p>
    </TellContext>
  )
}

/** The words of each stream that warns now, by its id. */
export function useWarnings(): Warned {
  return useContext(WarnedContext)
}

/** For tiles: says in words what a stream warns of, or that it does no longer. */
export function useTellWarning(): (teller: Teller, words: string | undefined) => void {
  return useContext(TellContext)
}
