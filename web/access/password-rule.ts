/** The server's minimum password length, in Unicode code points. */
export const MIN_PASSWORD_LENGTH = 8

/** Whether the server would refuse a password as too short. */
export function isTooShort(password: string): boolean {
  return [...password].length < MIN_PASSWORD_LENGTH
}
