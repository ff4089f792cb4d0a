/** What the newest programs of the detection hub call an admin. */
export const HUB_ADMIN = 'super_admin'

/** The role that a program of the detection hub means. */
export function roleOfHub<Role extends string>(name: Role): Exclude<Role, typeof HUB_ADMIN> | 'admin'
export function roleOfHub(name: string): string {
  return name === HUB_ADMIN ? 'admin' : name
}
