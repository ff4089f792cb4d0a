import type { CameraConfig, CameraStore } from '../../core/camera-store.ts'
import type { Database } from './database.ts'

/** The list of cameras in a SQL database. */
export class SqlCameraStore implements CameraStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list(): Promise<CameraConfig[]> {
    const rows = await this.#database.queries.selectFrom('cameras').select('json').orderBy('place').execute()
    return rows.map(({ json }) => JSON.parse(json))
  }

  async replace(all: readonly CameraConfig[], check: () => void): Promise<void> {
    // Without `serializable`, PostgreSQL would keep the rows of both of two concurrent lists; with it, one of them
    // fails.
    const transaction = this.#database.queries.transaction().setIsolationLevel('serializable')
    await transaction.execute(async (queries) => {
      check()
      await queries.deleteFrom('cameras').execute()
      for (const [place, camera] of all.entries())
        await queries
          .insertInto('cameras')
          .values({ video_url: camera.video_url, place, json: JSON.stringify(camera) })
          .execute()
    })
  }
}
