import type { Config } from './all-settings.ts'

/** `http.allowed_origins`, normalized as browsers send them. */
export function allowedOrigins({ http }: Config): readonly string[] {
  return http.allowed_origins.map(asBrowsersSend)
}

/** `http.public_origins`, normalized as browsers send them. */
export function publicOrigins({ http }: Config): readonly string[] {
  return http.public_origins.map(asBrowsersSend)
}

/** Lower case, without the usual port. */
function asBrowsersSend(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).origin : origin
}
