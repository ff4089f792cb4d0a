import { statSync } from 'node:fs'
import { basename } from 'node:path'
import type { StoreHealth } from '../../core/store-health.ts'

/**
 * The files of an open SQLite database. If one of them is removed or replaced, SQLite goes on with the one that it has
 * open: what it writes is lost once it is closed, and other processes see another database.
 */
export class DatabaseFiles {
  readonly #opened: readonly OpenedFile[]

  /** @param path of the database, which was read at least once, so that all its files exist */
  constructor(path: string) {
    // `-wal` and `-shm` do not exist where WAL is impossible. As long as the database is open nobody removes them who
    // uses SQLite.
    this.#opened = ['', '-wal', '-shm'].flatMap((suffix) => {
      const file = path + suffix
      const identity = identityOf(file)
      return identity === undefined ? [] : { path: file, identity }
    })
  }

  /** Looks at the files, which takes some microseconds. The reason does not say in which folder they are. */
  health(): StoreHealth {
    const lost = this.#opened.find(({ path, identity }) => !isThere(path, identity))
    if (!lost) return { isHealthy: true }
    return {
      isHealthy: false,
      reason: `The database file ${basename(lost.path)} was removed or replaced while the server runs, so changes are refused. Put it back, or start the server again with what is there now.`,
    }
  }
}

interface OpenedFile {
  readonly path: string
  readonly identity: string
}

function isThere(path: string, identity: string): boolean {
  try {
    return identityOf(path) === identity
  } catch {
    // Nobody may look now, which says nothing about the file.
    return true
  }
}

/** What tells a file from every other one while it exists; undefined if there is none. @throws the system's error */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev} ${found.ino}`
}
