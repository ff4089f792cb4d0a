import type { StreamName } from '../src/core/stream-name.ts'

/** The addresses of the pages, as the router takes them. The server answers at each of them with the page (`src/http`). */
export const PATHS = {
  wall: '/',
  watch: '/watch/:label/:key',
  publish: '/publish',
  connect: '/app/connect',
  signIn: '/app/sign-in',
  /** Where a share link leads to. */
  shareLink: '/app/shared',
  account: '/app/account',
  users: '/app/users',
  keys: '/app/keys',
  links: '/app/links',
  audit: '/app/audit',
} as const

/** The address of a stream's own page. */
export function watchPath({ label, key }: StreamName): string {
  return `/watch/${encodeURIComponent(label)}/${encodeURIComponent(key)}`
}
