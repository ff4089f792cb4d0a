/*
 * Ids of credentials: what each principal is known by in `ActivePrincipals`.
 */

/** A sign-in. */
export function credentialOfSession(id: string): string {
  return `session:${id}`
}

/** A token that was signed elsewhere. */
export function credentialOfToken(id: string): string {
  return `token:${id}`
}

/** The principals of a user, whatever they showed. */
export function principalIdOfUser(id: number): string {
  return `user:${id}`
}

/** A key for a machine. */
export function credentialOfKey(id: string): string {
  return `key:${id}`
}

/** A share link. */
export function credentialOfLink(id: string): string {
  return `link:${id}`
}
