/** Why there is no camera. Each has its sentence in i18n, `trouble…`. */
export type CameraTroubleKind =
  /** The user, an operator's policy or the system said no. */
  | 'Denied'
  | 'Missing'
  /** It is there, but does not start: most often another program has it. */
  | 'Busy'
  /** It ran, and was unplugged or taken away. */
  | 'Ended'
  /** The page did not come by https or from localhost. */
  | 'Insecure'
  | 'Unsupported'
  | 'Unknown'

/** What is the matter with the camera. */
export interface CameraTrouble {
  readonly kind: CameraTroubleKind
  /** The browser's own words. */
  readonly reason: string
}

/** What an error of `getUserMedia` means (W3C Media Capture and Streams, section 10.2). */
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
