import type { Transaction } from 'kysely'
import type { CameraSettings } from '../../core/camera.ts'
import type { CameraStore, StoredCamera } from '../../core/camera-store.ts'
import { type StreamName, streamId } from '../../core/stream-name.ts'
import type { Opened } from '../camera-vault.ts'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

/** The cameras that were added while the server ran, in a SQL database. */
export class SqlCameraStore implements CameraStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list(): Promise<StoredCamera[]> {
    const rows = await this.#database.queries.selectFrom('added_cameras').selectAll().orderBy('id').execute()
    const open = this.#database.vault.opener<CameraSettings>()
    return rows.map(({ stream, label, key, sealed }) => {
      const opened: Opened<CameraSettings> = open(sealed, placeOf(stream))
      return 'value' in opened ? { settings: opened.value } : lostCamera({ label, key }, opened.problem)
    })
  }

  async add(settings: CameraSettings, check: () => void): Promise<boolean> {
    return this.#write(check, async (queries) => {
      const row = await queries
        .insertInto('added_cameras')
        .values(this.#rowOf(settings))
        .onConflict((conflict) => conflict.column('stream').doNothing())
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    })
  }

  async change(stream: StreamName, settings: CameraSettings, check: () => void): Promise<boolean> {
    const [before, now] = [idOf(stream), idOf(settings.stream)]
    return this.#write(check, async (queries) => {
      const other = queries.selectFrom('added_cameras').select('id').where('stream', '=', now)
      if (before !== now && (await other.executeTakeFirst())) return false
      const { numUpdatedRows } = await queries
        .updateTable('added_cameras')
        .set(this.#rowOf(settings))
        .where('stream', '=', before)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    })
  }

  async remove(stream: StreamName, check: () => void): Promise<boolean> {
    return this.#write(check, async (queries) => {
      const { numDeletedRows } = await queries
        .deleteFrom('added_cameras')
        .where('stream', '=', idOf(stream))
        .executeTakeFirst()
      return numDeletedRows > 0n
    })
  }

  #rowOf(settings: CameraSettings) {
    const { label, key } = settings.stream
    const stream = idOf(settings.stream)
    return { stream, label, key, sealed: this.#database.vault.sealer()(settings, placeOf(stream)) }
  }

  /** Writes in one transaction, once it has the lock and the check has passed. */
  #write<Result>(check: () => void, write: (queries: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.#database.queries.transaction().execute(async (queries) => {
      check()
      return write(queries)
    })
  }
}

/** What is known of a camera whose address and password cannot be read; until they are typed again nothing is pulled. */
function lostCamera(stream: StreamName, problem: string): StoredCamera {
  return { settings: { stream, url: '', runs: 'on-demand', certificate: 'verified', transport: 'auto' }, problem }
}

/** What a stream is known by in the table: PostgreSQL takes no NUL. */
function idOf(stream: StreamName): string {
  return JSON.stringify(streamId(stream).split('\0'))
}

function placeOf(stream: string): string {
  return `added_cameras ${stream}`
}
