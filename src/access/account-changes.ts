import type { AccountStore, Revocation } from '../core/account-store.ts'
import { messageOf, Refusal } from '../core/errors.ts'
import type { AccountCache } from './account-cache.ts'
import type { AuditActor, AuditedAction, AuditTrail } from './audit-trail.ts'

/** What changing accounts needs. */
export interface AccountChangesParts {
  readonly store: AccountStore
  readonly cache: AccountCache
  readonly audit: AuditTrail
  /** Whether nobody is connected here (the command line): what cannot be stored is then not done at all. */
  readonly isOffline: boolean
}

/** What is written to the audit trail once something was done. */
export interface Done {
  readonly actor: AuditActor
  readonly actions: readonly AuditedAction[]
}

/**
 * The two ways in which accounts change, in one order for users, sessions, keys and links. What gives a right is stored
 * first. What takes a right away is in force first, whatever the disk does, and then stored (`PendingRevocations`).
 */
export class AccountChanges {
  readonly #parts: AccountChangesParts

  constructor(parts: AccountChangesParts) {
    this.#parts = parts
  }

  /**
   * Makes a change that may give somebody a right, once all changes before it are stored.
   * @param check whether it is still allowed
   * @param write stores the change with a method of the store that takes the check, which it must pass on: rights may be
   *   lost while the database is waited for
   * @throws what `check` and `write` throw; Refusal `not_stored` when changes before it cannot be stored. Nothing was
   *   changed then
   */
  grant<Result>(check: () => void, write: (check: () => void) => Promise<Result>): Promise<Result> {
    const { cache } = this.#parts
    // Not what is taken away from now on: it is to be stored after this, and so to prevail.
    const mark = cache.revocationMark
    return cache.inTurn(async () => {
      await cache.writeRevocations(mark).catch((error: unknown) => {
        const reason = messageOf(error)
        throw new Refusal(
          'not_stored',
          `Nothing was changed: what was taken away before is not stored yet (${reason}).`,
        )
      })
      const result = await write(check)
      await cache.loadInTurn()
      return result
    })
  }

  /**
   * Takes rights away. It is in force, and all that was opened with them is closed, before this returns its promise: so
   * a check right before the call holds. The promise resolves when it is stored.
   * @throws Refusal `not_stored` when it cannot be stored yet, but is in force; `conflict` when no active admin would be
   *   left because of changes by others
   */
  async revoke(revocations: readonly Revocation[], done?: Done): Promise<void> {
    const { store, cache, isOffline } = this.#parts
    if (isOffline) {
      await cache.inTurn(async () => {
        if (!(await store.revoke(revocations))) throw noAdminLeft()
        cache.apply(revocations)
      })
      this.#note(done)
      return
    }
    const pending = cache.revoke(revocations)
    let reason = ''
    await cache.storeRevocations().catch((error: unknown) => {
      reason = messageOf(error)
    })
    if (pending.state === 'refused') throw noAdminLeft()
    if (pending.state === 'stored') {
      this.#note(done)
      return
    }
    this.#note(done, 'not yet stored')
    throw new Refusal('not_stored', `In force now, not yet stored: a restart would undo it (${reason}).`)
  }

  #note(done: Done | undefined, remark?: string): void {
    for (const action of done?.actions ?? []) {
      const detail = [action.detail, remark].filter((part) => part !== undefined).join(', ')
      if (done) this.#parts.audit.note(done.actor, { ...action, detail })
    }
  }
}

/**
 * For `catch`, where it does not matter to the caller that what was taken away is in force only.
 * @throws any other error
 */
export function ignoreNotStored(error: unknown): void {
  if (!(error instanceof Refusal && error.code === 'not_stored')) throw error
}

function noAdminLeft(): Refusal {
  return new Refusal('conflict', 'This is the last active admin by now: make another one first.')
}
