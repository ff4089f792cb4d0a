import { useState } from 'react'

/** A dialog about something, which may come to something that is then shown in it. */
export interface DialogState<Subject, Outcome = never> {
  readonly isOpen: boolean
  /** What it is or was about: it is still read while the dialog goes. */
  readonly subject: Subject | undefined
  /** What it came to: a key that was made. */
  readonly outcome: Outcome | undefined
  readonly open: (subject: Subject) => void
  readonly settle: (outcome: Outcome) => void
  readonly close: () => void
}

/** A dialog that is opened and closed. @param first what it is about from the beginning; undefined: it is closed */
export function useDialog<Subject, Outcome = never>(first?: Subject): DialogState<Subject, Outcome> {
  const [isOpen, setOpen] = useState(first !== undefined)
  const [subject, setSubject] = useState(first)
  const [outcome, settle] = useState<Outcome>()
  return {
    isOpen,
    subject,
    outcome,
    open: (about) => {
      setSubject(() => about)
      settle(undefined)
      setOpen(true)
    },
    settle: (result) => settle(() => result),
    close: () => setOpen(false),
  }
}
