/** What is audited and has words on this page, in the order of the filter. */
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
  'config.change',
] as const

/** One of them. */
export type Audited = (typeof AUDITED)[number]

/** The action of that name; undefined: one that this page has no words for. */
export function auditedOf(action: string): Audited | undefined {
  return AUDITED.find((known) => known === action)
}
