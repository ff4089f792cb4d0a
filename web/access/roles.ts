import { ROLES, type Role } from '../../src/core/account-store.ts'

/** The role of that name; undefined: one that this page does not know. */
export function readRole(name: string): Role | undefined {
  return ROLES.find((role) => role === name)
}
