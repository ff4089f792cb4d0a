/** The roles that this page has words for, from the most to the least. */
export const ROLES = ['admin', 'model_manager', 'user', 'guest'] as const

/** One of them. */
export type Role = (typeof ROLES)[number]

/** The role of that name; undefined: one that this page does not know. */
export function readRole(name: string): Role | undefined {
  return ROLES.find((role) => role === name)
}
