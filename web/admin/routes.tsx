import { lazy } from 'react'
import { ADMIN_SECTIONS } from '../navigation/admin-sections.ts'

/** Each is fetched when somebody goes there: few do. */
const PAGES = {
  users: lazy(() => import('./users/UsersPage.tsx')),
  keys: lazy(() => import('./keys/KeysPage.tsx')),
  links: lazy(() => import('./links/LinksPage.tsx')),
  audit: lazy(() => import('./audit/AuditPage.tsx')),
}

/** Where each page of the admin is, what it is called (a key of the namespace `admin`), and what one must be allowed to see it. */
export const adminRoutes = ADMIN_SECTIONS.map((section) => ({
  ...section,
  page: PAGES[section.title],
  action: 'administer' as const,
}))
