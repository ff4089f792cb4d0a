import type { Generated } from 'kysely'

/*
 * The tables as the queries see them; `migrations.ts` makes them. Columns are text and integers only, so that the same
 * queries serve PostgreSQL: times are ms since 1970, truths 0 or 1, lists JSON.
 */

/** Every table by its name. */
export interface Tables {
  users: {
    id: Generated<number>
    username: string
    password_hash: string
    role: string
    is_active: number
    created_at: number
    valid_from: number
    last_seen_at: number | null
  }
  user_labels: { user_id: number; label: string }
  preferences: { user_id: number; json: string }
  sessions: {
    id: string
    user_id: number
    cookie_hash: string | null
    created_at: number
    last_used_at: number
    expires_at: number
    address: string
    agent: string
  }
  refresh_tokens: { id: string; session_id: string; expires_at: number; spent_at: number | null }
  revoked_tokens: { id: string; expires_at: number }
  signing_keys: { id: string; secret: string; created_at: number }
  api_keys: {
    id: string
    name: string
    hash: string
    scope: string
    labels: string
    created_at: number
    created_by: string
    expires_at: number | null
    last_used_at: number | null
  }
  share_links: {
    id: string
    name: string
    hash: string
    streams: string
    created_at: number
    created_by: string
    expires_at: number
    last_used_at: number | null
  }
  audit: {
    id: Generated<number>
    at: number
    who: string
    action: string
    target: string
    address: string
    outcome: string
    detail: string
    count: number
  }
  /** The cameras as `/api/config` knows them; `place` is their order. */
  cameras: { video_url: string; place: number; json: string }
}
