import { type ReactNode, useState } from 'react'
import type { HttpProblem } from '../access/fetch-json.ts'
import { asProblem } from './admin-request.ts'
import classes from './ConfirmDialog.module.css'
import { Dialog } from './Dialog.tsx'
import { Form } from './Form.tsx'

interface ConfirmDialogProps {
  readonly title: string
  readonly isOpen: boolean
  /** The consequences. */
  readonly children: ReactNode
  /** The label of the confirm button. */
  readonly action: string
  /** Performs the action; rejects with the server's error. */
  readonly onYes: () => Promise<void>
  readonly onClose: () => void
}

/** A confirmation dialog for destructive actions. */
export function ConfirmDialog({ title, isOpen, onClose, ...question }: ConfirmDialogProps) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} size="md">
      <ConfirmForm {...question} onClose={onClose} />
    </Dialog>
  )
}

function ConfirmForm({ children, action, onYes, onClose }: Omit<ConfirmDialogProps, 'title' | 'isOpen'>) {
  const [failure, setFailure] = useState<HttpProblem>()
  const submit = () => onYes().then(onClose, (thrown) => setFailure(asProblem(thrown)))
  return (
    <Form action={action} isGrave failure={failure} onSubmit={submit} onCancel={onClose}>
      <div className={classes.text}>{children}</div>
    </Form>
  )
}
