import type { Config } from './all-settings.ts'

/** `http.allowed_origins`, normalized as browsers send them: lower case, without the default port. */
export function allowedOrigins({ http }: Config): readonly string[] {
  return http.allowed_origins.map((origin) => (URL.canParse(origin) ? new URL(origin).origin : origin))
}
