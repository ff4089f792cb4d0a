/*
 * Ids of credentials, by which `ActivePrincipals` knows the principals.
 */

/** The credential of a session. */
export function credentialOfSession(id: string): string {
  return `session:${id}`
}

/** The credential of a token that was signed by others. */
export function credentialOfToken(id: string): string {
  return `token:${id}`
}

/** The principal id of a user, whatever the credential. */
export function principalIdOfUser(id: number): string {
  return `user:${id}`
}

/** The credential, and principal id, of an API key. */
export function credentialOfKey(id: string): string {
  return `key:${id}`
}

/** The credential, and principal id, of a share link. */
export function credentialOfLink(id: string): string {
  return `link:${id}`
}
