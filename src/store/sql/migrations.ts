import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { CameraConfig } from '../../core/camera-store.ts'
import type { CameraVault } from '../camera-vault.ts'
import { hubCameraRow } from './hub-camera-store.ts'
import type { Tables } from './tables.ts'

/** A kind of database that is supported. */
export type SqlDialect = 'sqlite' | 'postgres'

/**
 * Schema migration: brings the tables of a database up to date.
 * @param vault encrypts what earlier versions have stored of cameras
 * @throws when a migration fails, or the database has migrations that are not known here (of a later version)
 */
export async function migrate(queries: Kysely<Tables>, dialect: SqlDialect, vault: CameraVault): Promise<void> {
  const provider = { getMigrations: async () => migrations(dialect, vault) }
  const { error } = await new Migrator({ db: queries, provider }).migrateToLatest()
  if (error) throw error
}

/** The migrations, which run in the order of their names. A released migration is never changed. */
export function migrations(dialect: SqlDialect, vault: CameraVault): Record<string, Migration> {
  const { int64, neverReused } = COLUMNS[dialect]
  return {
    '2026-11-accounts': {
      async up({ schema }: Kysely<Tables>) {
        await schema
          .createTable('users')
          // Otherwise an old token could be valid for another user.
          .addColumn('id', 'integer', neverReused)
          .addColumn('username', 'text', (column) => column.notNull().unique())
          .addColumn('password_hash', 'text', required)
          .addColumn('role', 'text', required)
          .addColumn('is_active', 'integer', required)
          .addColumn('created_at', int64, required)
          .addColumn('valid_from', int64, required)
          .addColumn('last_seen_at', int64)
          .execute()
        await schema
          .createTable('user_labels')
          .addColumn('user_id', 'integer', ofUser)
          .addColumn('label', 'text', required)
          .addPrimaryKeyConstraint('user_labels_key', ['user_id', 'label'])
          .execute()
        await schema
          .createTable('preferences')
          .addColumn('user_id', 'integer', (column) => ofUser(column).primaryKey())
          .addColumn('json', 'text', required)
          .execute()
        await schema
          .createTable('sessions')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('user_id', 'integer', ofUser)
          .addColumn('cookie_hash', 'text')
          .addColumn('created_at', int64, required)
          .addColumn('last_used_at', int64, required)
          .addColumn('expires_at', int64, required)
          .addColumn('address', 'text', required)
          .addColumn('agent', 'text', required)
          .execute()
        await schema.createIndex('sessions_by_user').on('sessions').column('user_id').execute()
        await schema
          .createTable('refresh_tokens')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('session_id', 'text', (column) => column.notNull().references('sessions.id').onDelete('cascade'))
          .addColumn('expires_at', int64, required)
          .addColumn('spent_at', int64)
          .execute()
        await schema.createIndex('refresh_tokens_by_session').on('refresh_tokens').column('session_id').execute()
        await schema
          .createTable('revoked_tokens')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('expires_at', int64, required)
          .execute()
        await schema
          .createTable('signing_keys')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('secret', 'text', required)
          .addColumn('created_at', int64, required)
          .execute()
        await schema
          .createTable('api_keys')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('name', 'text', required)
          .addColumn('hash', 'text', (column) => column.notNull().unique())
          .addColumn('scope', 'text', required)
          .addColumn('labels', 'text', required)
          .addColumn('created_at', int64, required)
          .addColumn('created_by', 'text', required)
          .addColumn('expires_at', int64)
          .addColumn('last_used_at', int64)
          .execute()
        await schema
          .createTable('share_links')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('name', 'text', required)
          .addColumn('hash', 'text', (column) => column.notNull().unique())
          .addColumn('streams', 'text', required)
          .addColumn('created_at', int64, required)
          .addColumn('created_by', 'text', required)
          .addColumn('expires_at', int64, required)
          .addColumn('last_used_at', int64)
          .execute()
        await schema
          .createTable('audit')
          .addColumn('id', int64, neverReused)
          .addColumn('at', int64, required)
          .addColumn('who', 'text', required)
          .addColumn('action', 'text', required)
          .addColumn('target', 'text', required)
          .addColumn('address', 'text', required)
          .addColumn('outcome', 'text', required)
          .addColumn('detail', 'text', required)
          .addColumn('count', 'integer', required)
          .execute()
        await schema.createIndex('audit_by_time').on('audit').column('at').execute()
        await schema.createIndex('audit_by_name').on('audit').columns(['who', 'id']).execute()
        await schema.createIndex('audit_by_action').on('audit').columns(['action', 'id']).execute()
        await schema.createIndex('audit_by_outcome').on('audit').columns(['outcome', 'id']).execute()
        await schema
          .createTable('cameras')
          .addColumn('video_url', 'text', (column) => column.primaryKey())
          .addColumn('place', 'integer', required)
          .addColumn('json', 'text', required)
          .execute()
      },
    },
    '2026-11-owners': {
      async up(queries: Kysely<Tables>) {
        await queries.schema.alterTable('users').addColumn('renamed_at', int64).execute()
        for (const table of ['api_keys', 'share_links'] as const) {
          await queries.schema.alterTable(table).addColumn('owner_id', 'integer').execute()
          // By the name, as far as it was that user's already: somebody added later has made nothing before.
          const maker = sql<number | null>`(
            select id from users
            where users.username = ${sql.ref(`${table}.created_by`)}
              and users.created_at <= ${sql.ref(`${table}.created_at`)}
          )`
          await queries.updateTable(table).set({ owner_id: maker }).execute()
        }
      },
    },
    '2026-12-instruments': {
      async up({ schema }: Kysely<Tables>) {
        await schema
          .createTable('instruments')
          .addColumn('id', int64, neverReused)
          .addColumn('name', 'text', (column) => column.notNull().unique())
          .addColumn('json', 'text', required)
          .execute()
      },
    },
    '2026-12-link-metadata': {
      async up({ schema }: Kysely<Tables>) {
        // Links of before go on showing what they showed.
        await schema
          .alterTable('share_links')
          .addColumn('shows_metadata', 'integer', (column) => column.notNull().defaultTo(1))
          .execute()
      },
    },
    '2026-12-sealed-cameras': {
      async up(queries: Kysely<Tables & OldTables>) {
        const { schema } = queries
        await schema
          .createTable('hub_cameras')
          .addColumn('place', 'integer', (column) => column.primaryKey())
          .addColumn('site', 'text')
          .addColumn('stream_name', 'text')
          .addColumn('sealed', 'text', required)
          .execute()
        await schema
          .createTable('added_cameras')
          .addColumn('id', int64, neverReused)
          .addColumn('stream', 'text', (column) => column.notNull().unique())
          .addColumn('label', 'text', required)
          .addColumn('key', 'text', required)
          .addColumn('sealed', 'text', required)
          .execute()
        const rows = await queries.selectFrom('cameras').select('json').orderBy('place').execute()
        if (rows.length > 0) {
          const seal = vault.sealer()
          for (const [place, { json }] of rows.entries()) {
            const config: CameraConfig = JSON.parse(json)
            await queries
              .insertInto('hub_cameras')
              .values(hubCameraRow(place, { config }, seal))
              .execute()
          }
        }
        await schema.dropTable('cameras').execute()
      },
    },
  }
}

/** Tables of earlier versions that there are no more. */
interface OldTables {
  cameras: { video_url: string; place: number; json: string }
}

/** Column types that differ between the databases. */
interface Columns {
  /** A 64-bit integer: times in ms do not fit into 32 bits. */
  readonly int64: 'integer' | 'bigint'
  /** A primary key assigned by the database; numbers are not reused after their row is deleted. */
  readonly neverReused: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
}

const COLUMNS: Readonly<Record<SqlDialect, Columns>> = {
  sqlite: { int64: 'integer', neverReused: (column) => column.primaryKey().autoIncrement() },
  postgres: { int64: 'bigint', neverReused: (column) => column.generatedAlwaysAsIdentity().primaryKey() },
}

function required(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull()
}

/** A foreign key to the user; deleted with the user. */
function ofUser(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull().references('users.id').onDelete('cascade')
}
