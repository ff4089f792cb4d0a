import type { SharedStream, ShareLink } from '../core/account-store.ts'
import { Refusal } from '../core/errors.ts'
import { checkName } from '../core/stream-name.ts'
import { type Actor, checkAdministers } from './actor.ts'
import { checkExpiry, type KeysAndLinksParts } from './api-keys.ts'
import { ownerOf } from './owner.ts'
import { digestOf, randomText } from './secrets.ts'

/** The prefix of the tokens of share links. */
export const LINK_PREFIX = 'bvs_'

/** A share link to be created. */
export interface NewShareLink {
  readonly name: string
  readonly streams: readonly SharedStream[]
  /** As of `ShareLink`. */
  readonly showsMetadata: boolean
  /** ms since 1970. */
  readonly expiresAt: number
}

/**
 * Manages share links, which give people without an account access to some streams for some time: shown once, stored as
 * hashes.
 */
export class ShareLinks {
  readonly #parts: KeysAndLinksParts

  constructor(parts: KeysAndLinksParts) {
    this.#parts = parts
  }

  /** All links, also expired ones until they are purged. */
  get all(): readonly ShareLink[] {
    return this.#parts.cache.links
  }

  /** The links that a user has made and that have not expired. */
  of(userId: number): readonly ShareLink[] {
    const now = this.#parts.clock.now()
    return this.all.filter(({ ownerId, expiresAt }) => ownerId === userId && expiresAt > now)
  }

  /**
   * Creates a link.
   * @returns it with its token, which is not stored
   * @throws Refusal `invalid`; `exhausted` when there are too many links; `forbidden`, `unauthenticated`
   */
  async add(actor: Actor, wanted: NewShareLink): Promise<{ readonly link: ShareLink; readonly token: string }> {
    const { store, cache, changes, audit, clock } = this.#parts
    const now = clock.now()
    if (wanted.streams.length === 0 || wanted.streams.length > MAX_STREAMS)
      throw new Refusal('invalid', `streams: 1 to ${MAX_STREAMS} are required`)
    checkExpiry(wanted.expiresAt, now)
    const token = `${LINK_PREFIX}${randomText(24)}`
    const link: ShareLink = {
      id: randomText(9),
      name: checkName('name', wanted.name),
      hash: digestOf(token),
      streams: wanted.streams.map(checkStream),
      showsMetadata: wanted.showsMetadata,
      createdAt: now,
      createdBy: actor.who,
      ownerId: ownerOf(actor.principal, cache),
      expiresAt: wanted.expiresAt,
      lastUsedAt: undefined,
    }
    const check = () => {
      checkAdministers(actor)
      if (this.all.length >= MAX_LINKS)
        throw new Refusal('exhausted', `There are ${MAX_LINKS} links, which is the limit.`)
    }
    await changes.grant(check, (check) => store.addLink(link, check))
    const streams = link.streams.map(({ label, key = '*' }) => `${label}/${key}`).join(', ')
    const until = new Date(link.expiresAt).toISOString()
    audit.note(actor, {
      action: 'link.add',
      target: link.name,
      detail: `${streams}${link.showsMetadata ? ' with metadata' : ''} until ${until}`,
    })
    return { link, token }
  }

  /**
   * Revokes a link and closes everything opened with it.
   * @throws Refusal `not_found`; `not_stored` when it is in force only; `forbidden`, `unauthenticated`
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    checkAdministers(actor)
    const link = this.all.find((each) => each.id === id)
    if (!link) throw new Refusal('not_found', 'There is no such link.')
    const actions = [{ action: 'link.revoke', target: link.name }]
    await this.#parts.changes.revoke([{ kind: 'link', id }], { actor, actions })
  }
}

function checkStream({ label, key }: SharedStream): SharedStream {
  return { label: checkName('label', label), ...(key !== undefined && { key: checkName('key', key) }) }
}

const MAX_LINKS = 10_000
const MAX_STREAMS = 100
