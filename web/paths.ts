import type { StreamName } from '../src/core/stream-name.ts'

/** The router's paths of all pages. The server serves the app at each of them (`src/http/page/page.ts`). */
export const PATHS = {
  wall: '/',
  watch: '/watch/:label/:key',
  publish: '/publish',
  connect: '/app/connect',
  signIn: '/app/sign-in',
  /** The target of share links. */
  shareLink: '/app/shared',
  account: '/app/account',
  cameras: '/app/cameras',
  users: '/app/users',
  keys: '/app/keys',
  links: '/app/links',
  instruments: '/app/instruments',
  audit: '/app/audit',
} as const

/** The path of the cameras page, where the settings of this camera are opened. */
export function cameraPath({ label, key }: StreamName): string {
  return `${PATHS.cameras}?camera=${encodeURIComponent(`${encodeURIComponent(label)}/${encodeURIComponent(key)}`)}`
}

/** The path of a stream's watch page. */
export function watchPath({ label, key }: StreamName): string {
  return `/watch/${encodeURIComponent(label)}/${encodeURIComponent(key)}`
}
