import { type ReactNode, useState } from 'react'
import type { HttpProblem } from '../access/fetch-json.ts'
import { asProblem } from './admin-request.ts'
import classes from './ConfirmDialog.module.css'
import { Dialog } from './Dialog.tsx'
import { Form } from './Form.tsx'

interface ConfirmDialogProps {
  readonly title: string
  readonly isOpen: boolean
  /** What doing it means. */
  readonly children: ReactNode
  /** The button that does it. */
  readonly action: string
  /** Rejects with what the server has against it. */
  readonly onYes: () => Promise<void>
  readonly onClose: () => void
}

/** A confirmation dialog: asks once before something is taken away. */
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
