import type { IconName } from '../icons.tsx'
import { PATHS } from '../paths.ts'

/** The admin pages in the order of the menu; `title` is an i18n key of the namespace `admin`. */
export const ADMIN_SECTIONS = [
  { path: PATHS.users, title: 'users', icon: 'users' },
  { path: PATHS.keys, title: 'keys', icon: 'key' },
  { path: PATHS.links, title: 'links', icon: 'share' },
  { path: PATHS.instruments, title: 'instruments', icon: 'pulse' },
  { path: PATHS.audit, title: 'audit', icon: 'history' },
] as const satisfies readonly { path: string; title: string; icon: IconName }[]
