import type { CameraConfig, HubCamera, HubCameraStore, HubPull } from '../../core/camera-store.ts'
import type { Opened } from '../camera-vault.ts'
import type { Database } from './database.ts'

/** What is encrypted of a camera of the hub's list. */
interface Sealed {
  readonly config: CameraConfig
  readonly pull?: HubPull | undefined
}

/** The detection hub's list of cameras in a SQL database. */
export class SqlHubCameraStore implements HubCameraStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list(): Promise<HubCamera[]> {
    const rows = await this.#database.queries.selectFrom('hub_cameras').selectAll().orderBy('place').execute()
    const open = this.#database.vault.opener<Sealed>()
    return rows.map((row) => {
      const opened: Opened<Sealed> = open(row.sealed, hubCameraPlace(row.place))
      if ('value' in opened) return opened.value
      return { config: { video_url: '', site: row.site, stream_name: row.stream_name }, problem: opened.problem }
    })
  }

  async replace(all: readonly HubCamera[], check: () => void): Promise<void> {
    // Without `serializable`, PostgreSQL would keep the rows of both of two concurrent lists; with it, one of them
    // fails.
    const transaction = this.#database.queries.transaction().setIsolationLevel('serializable')
    await transaction.execute(async (queries) => {
      check()
      await queries.deleteFrom('hub_cameras').execute()
      if (all.length === 0) return
      const seal = this.#database.vault.sealer()
      for (const [place, { config, pull }] of all.entries())
        await queries
          .insertInto('hub_cameras')
          .values(hubCameraRow(place, { config, pull }, seal))
          .execute()
    })
  }
}

/**
 * The row of a camera of the hub's list. The name of its stream is no secret, and is there in the clear so that people know
 * which cameras are meant when the rest cannot be read.
 */
export function hubCameraRow(place: number, sealed: Sealed, seal: (value: unknown, place: string) => string) {
  const { site, stream_name } = sealed.config
  return {
    place,
    site: textOf(site),
    stream_name: textOf(stream_name),
    sealed: seal(sealed, hubCameraPlace(place)),
  }
}

function hubCameraPlace(place: number): string {
  return `hub_cameras ${place}`
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
