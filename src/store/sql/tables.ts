import type { ColumnType, Generated } from 'kysely'

/*
 * The tables as seen by the queries; `migrations.ts` creates them. Columns are only text and integers, so that the same
 * queries work with SQLite and PostgreSQL: times are ms since 1970, booleans 0 or 1, arrays JSON.
 */

/** A 64-bit integer as read: PostgreSQL's driver returns it as text. */
export type Int64 = number | string

/** ms since 1970. */
type Moment = ColumnType<Int64, number>
type MaybeMoment = ColumnType<Int64 | null, number | null>

/** All tables, by name. */
export interface Tables {
  users: {
    id: Generated<number>
    username: string
    password_hash: string
    role: string
    is_active: number
    created_at: Moment
    valid_from: Moment
    last_seen_at: MaybeMoment
    renamed_at: MaybeMoment
  }
  user_labels: { user_id: number; label: string }
  preferences: { user_id: number; json: string }
  sessions: {
    id: string
    user_id: number
    cookie_hash: string | null
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment
    address: string
    agent: string
  }
  /** The current token of each session; `spent_at`: of tokens of version 0.1.0, which kept the spent ones as well. */
  refresh_tokens: { id: string; session_id: string; expires_at: Moment; spent_at: MaybeMoment }
  revoked_tokens: { id: string; expires_at: Moment }
  signing_keys: { id: string; secret: string; created_at: Moment }
  api_keys: {
    id: string
    name: string
    hash: string
    scope: string
    labels: string
    created_at: Moment
    created_by: string
    expires_at: MaybeMoment
    last_used_at: MaybeMoment
    /** Refers to a user, who may have been removed. */
    owner_id: number | null
  }
  share_links: {
    id: string
    name: string
    hash: string
    streams: string
    created_at: Moment
    created_by: string
    expires_at: Moment
    last_used_at: MaybeMoment
    owner_id: number | null
    shows_metadata: number
  }
  audit: {
    id: ColumnType<Int64, never, never>
    at: Moment
    who: string
    action: string
    target: string
    address: string
    outcome: string
    detail: string
    count: number
  }
  /**
   * The cameras of `/api/config`; `place` is their position in the list. `sealed` is encrypted (`sealed-text.ts`), all else is
   * there for whom cannot read it.
   */
  hub_cameras: { place: number; site: string | null; stream_name: string | null; sealed: string }
  /** The cameras that were added while the server ran; `id` gives their order, `stream` is the id of label and key. */
  added_cameras: {
    id: ColumnType<Int64, never, never>
    stream: string
    label: string
    key: string
    sealed: string
  }
  /** The instruments that were added while the server ran; `id` gives their order. */
  instruments: { id: ColumnType<Int64, never, never>; name: string; json: string }
}
