import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type RootOperationNode,
  SelectQueryNode,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import { SerialQueue } from '../../core/serial-queue.ts'
import { type Patience, whileBusy } from './busy-retry.ts'

/** Rules of a database's driver. */
export interface DriverRules {
  /** Called before each statement or transaction that may write. @throws if it must not */
  checkWritable(): void
  /** How long to wait for another process's lock, ms. */
  patience(): number
}

/** Kysely's dialect for `node:sqlite`, which never blocks the event loop to wait for another process's lock. */
export function nodeSqliteDialect(sqlite: DatabaseSync, rules: DriverRules): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(sqlite, rules),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new NodeSqliteAdapter(),
    createIntrospector: (queries) => new SqliteIntrospector(queries),
  }
}

/** The driver itself takes turns on the one connection, since Kysely would let everybody wait for whoever waits. */
class NodeSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections() {
    return true
  }
}

/**
 * Shares one connection to a SQLite database. A statement or transaction has it for itself. Whoever must wait for
 * another process does so without it, so that reading goes on meanwhile; writes take place in their order.
 *
 * A transaction takes its lock (to write) or its snapshot (access mode "read only") when it begins, so that no later
 * statement of it can be refused because of another process. One that only reads works on a full disk too.
 */
class NodeSqliteDriver extends SqliteDriver implements Driver {
  readonly #sqlite: DatabaseSync
  readonly #rules: DriverRules
  readonly #connection = new SerialQueue()
  readonly #writes = new SerialQueue()

  constructor(sqlite: DatabaseSync, rules: DriverRules) {
    super({ database: adapted(sqlite) })
    this.#sqlite = sqlite
    this.#rules = rules
  }

  override async acquireConnection(): Promise<SharedConnection> {
    const connection = await super.acquireConnection()
    const shared: SharedConnection = new SharedConnection(connection, ({ query }, execute) =>
      shared.transaction ? this.#executeIn(shared.transaction, query, execute) : this.#executeAlone(query, execute),
    )
    return shared
  }

  override async beginTransaction(connection: SharedConnection, settings?: TransactionSettings): Promise<void> {
    const isReading = settings?.accessMode === 'read only'
    const { release } = await (isReading
      ? this.#take(() => this.#beginReading())
      : this.#takeToWrite(async () => this.#sqlite.exec('begin immediate')))
    connection.transaction = { isReading, release }
  }

  override async commitTransaction({ transaction }: SharedConnection): Promise<void> {
    // Without WAL (on network file systems) it waits for readers.
    await whileBusy(async () => this.#sqlite.exec('commit'), { limit: this.#rules.patience })
    transaction?.release()
  }

  override async rollbackTransaction({ transaction }: SharedConnection): Promise<void> {
    try {
      // After some errors (a full disk) SQLite has rolled back already; doing it again would fail and hide the error.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('rollback')
    } finally {
      transaction?.release()
    }
  }

  async #executeAlone<Result>(query: RootOperationNode, execute: () => Promise<Result>): Promise<Result> {
    const { result, release } = await (SelectQueryNode.is(query) ? this.#take(execute) : this.#takeToWrite(execute))
    release()
    return result
  }

  async #executeIn<Result>(
    { isReading }: OpenTransaction,
    query: RootOperationNode,
    execute: () => Promise<Result>,
  ): Promise<Result> {
    if (isReading && !SelectQueryNode.is(query)) throw new Error('a transaction that only reads cannot write')
    // It would take effect by itself.
    if (!this.#sqlite.isTransaction) throw new Error('the transaction was rolled back')
    return execute()
  }

  async #beginReading(): Promise<void> {
    this.#sqlite.exec('begin')
    try {
      // Only the first access takes the snapshot.
      this.#sqlite.exec('select 1 from sqlite_schema')
    } catch (error) {
      this.#sqlite.exec('rollback')
      throw error
    }
  }

  /** The same as `#take`, after all earlier writes. */
  async #takeToWrite<Result>(attempt: () => Promise<Result>): Promise<Taken<Result>> {
    const waiting = { limit: this.#rules.patience, since: performance.now() }
    const endWrite = await this.#writes.acquire()
    const checked = () => {
      this.#rules.checkWritable()
      return attempt()
    }
    try {
      const { result, release } = await this.#take(checked, waiting)
      return {
        result,
        release() {
          release()
          endWrite()
        },
      }
    } catch (error) {
      endWrite()
      throw error
    }
  }

  /** Takes the connection once `attempt` succeeds with it; see `whileBusy`. */
  #take<Result>(
    attempt: () => Promise<Result>,
    waiting: Patience = { limit: this.#rules.patience },
  ): Promise<Taken<Result>> {
    return whileBusy(async () => {
      const release = await this.#connection.acquire()
      try {
        return { result: await attempt(), release }
      } catch (error) {
        release()
        throw error
      }
    }, waiting)
  }
}

/** The connection, taken: what was done with it first, and what gives it back. */
interface Taken<Result> {
  readonly result: Result
  release(): void
}

/** A transaction that has the connection. */
interface OpenTransaction {
  readonly isReading: boolean
  readonly release: () => void
}

/** Executes a statement in its turn. */
type InTurn = <Result>(query: CompiledQuery, execute: () => Promise<Result>) => Promise<Result>

/** The connection as one statement or transaction sees it. */
class SharedConnection implements DatabaseConnection {
  /** Undefined outside transactions. */
  transaction: OpenTransaction | undefined
  readonly #connection: DatabaseConnection
  readonly #inTurn: InTurn

  constructor(connection: DatabaseConnection, inTurn: InTurn) {
    this.#connection = connection
    this.#inTurn = inTurn
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#inTurn(query, () => this.#connection.executeQuery<Row>(query))
  }

  streamQuery(): never {
    throw new Error('rows are not streamed')
  }
}

/** Adapts `node:sqlite` to the interface that Kysely's driver expects. */
function adapted(sqlite: DatabaseSync): SqliteDatabase {
  return {
    close: () => sqlite.close(),
    prepare(sql) {
      const statement = sqlite.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...values.map(checked)),
        run: (values) => statement.run(...values.map(checked)),
        iterate: (values) => statement.iterate(...values.map(checked)),
      }
    },
  }
}

/** Rejects values that Node would silently bind as NULL, or not at all: they are programming errors. */
function checked(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  throw new TypeError(`a database column cannot hold ${value === undefined ? 'undefined' : typeof value}`)
}
