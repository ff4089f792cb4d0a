import type { Action } from '../../src/core/authorization.ts'
import type { IconName } from '../icons.tsx'
import { PATHS } from '../paths.ts'

/** The admin pages in the order of the menu; `title` is an i18n key of the namespace `admin`, `right` opens the page. */
export const ADMIN_SECTIONS = [
  { path: PATHS.cameras, title: 'cameras', icon: 'cctv', right: 'edit_cameras' },
  { path: PATHS.users, title: 'users', icon: 'users', right: 'administer' },
  { path: PATHS.keys, title: 'keys', icon: 'key', right: 'administer' },
  { path: PATHS.links, title: 'links', icon: 'share', right: 'administer' },
  { path: PATHS.instruments, title: 'instruments', icon: 'pulse', right: 'administer' },
  { path: PATHS.audit, title: 'audit', icon: 'history', right: 'administer' },
] as const satisfies readonly { path: string; title: string; icon: IconName; right: Action }[]
