/** Why there is no camera. Each has a message in i18n, `trouble…`. */
export type CameraTroubleKind =
  /** Permission denied by the user, a policy or the system. */
  | 'Denied'
  | 'Missing'
  /** It exists but does not start: usually another program is using it. */
  | 'Busy'
  /** It stopped: unplugged or taken away. */
  | 'Ended'
  /** Insecure context: the page was not loaded by HTTPS or from localhost. */
  | 'Insecure'
  | 'Unsupported'
  | 'Unknown'

/** A camera error. */
export interface CameraTrouble {
  readonly kind: CameraTroubleKind
  /** The browser's message. */
  readonly reason: string
}

/** Classifies an error of `getUserMedia` (W3C Media Capture and Streams, section 10.2). */
export function cameraTroubleOf(error: unknown): CameraTrouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  const reason = error instanceof Error || error instanceof DOMException ? error.message || error.name : String(error)
  return { kind: KINDS[name] ?? 'Unknown', reason }
}

const KINDS: Readonly<Record<string, CameraTroubleKind>> = {
  NotAllowedError: 'Denied',
  SecurityError: 'Denied',
  NotFoundError: 'Missing',
  OverconstrainedError: 'Missing',
  NotReadableError: 'Busy',
  AbortError: 'Busy',
}
