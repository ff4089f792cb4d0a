import type { IconName } from '../icons.tsx'

/** The pages of the admin, in the menu's order; `title` is a key of the namespace `admin`. */
export const ADMIN_SECTIONS = [
  { path: '/app/users', title: 'users', icon: 'users' },
  { path: '/app/keys', title: 'keys', icon: 'key' },
  { path: '/app/links', title: 'links', icon: 'share' },
  { path: '/app/audit', title: 'audit', icon: 'history' },
] as const satisfies readonly { path: string; title: string; icon: IconName }[]
