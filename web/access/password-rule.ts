/** The shortest password that the server takes, in characters as people count them. */
export const MIN_PASSWORD_LENGTH = 8

/** Whether the server would refuse a password for its length. */
export function isTooShort(password: string): boolean {
  return [...password].length < MIN_PASSWORD_LENGTH
}
