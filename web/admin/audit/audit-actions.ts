/** The audited actions that this page has texts for, in the order of the filter. */
export const AUDITED = [
  'session.open',
  'session.close',
  'token.reuse',
  'token.rotate',
  'request',
  'user.add',
  'user.remove',
  'user.rename',
  'user.password',
  'user.role',
  'user.labels',
  'user.active',
  'key.add',
  'key.revoke',
  'link.add',
  'link.revoke',
  'stream.remove',
  'camera.add',
  'camera.change',
  'camera.remove',
  'camera.test',
  'instrument.add',
  'instrument.remove',
  'config.change',
  'command',
] as const

/** An audited action. */
export type Audited = (typeof AUDITED)[number]

/** The action of that name; undefined if unknown to this page. */
export function auditedOf(action: string): Audited | undefined {
  return AUDITED.find((known) => known === action)
}
