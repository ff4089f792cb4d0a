import type { Config } from './all-settings.ts'

/** `http.allowed_origins` as browsers write them: in lower case, without the port that is usual. */
export function allowedOrigins({ http }: Config): readonly string[] {
  return http.allowed_origins.map((origin) => (URL.canParse(origin) ? new URL(origin).origin : origin))
}
