import { ROLES, type Role } from '../../src/core/account-store.ts'

/** The role of that name; undefined if unknown to this page. */
export function readRole(name: string): Role | undefined {
  return ROLES.find((role) => role === name)
}
