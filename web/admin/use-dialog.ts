import { useState } from 'react'

/** The state of a dialog about a subject, with an optional outcome that it shows at the end. */
export interface DialogState<Subject, Outcome = never> {
  readonly isOpen: boolean
  /** The subject; kept while the closing animation runs. */
  readonly subject: Subject | undefined
  /** The outcome, such as a created key. */
  readonly outcome: Outcome | undefined
  readonly open: (subject: Subject) => void
  readonly settle: (outcome: Outcome) => void
  readonly close: () => void
}

/** A hook: the state of a dialog. @param first the subject it opens with initially; undefined: closed */
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
