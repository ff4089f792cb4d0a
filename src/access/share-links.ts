import type { SharedStream, ShareLink } from '../core/account-store.ts'
import { Refusal } from '../core/errors.ts'
import { checkName } from '../core/stream-name.ts'
import { checkExpiry, type KeysAndLinksParts } from './api-keys.ts'
import type { AuditActor } from './audit-trail.ts'
import { digestOf, randomText } from './secrets.ts'

/** What the tokens of links begin with. */
export const LINK_PREFIX = 'bvs_'

/** A link to be made. */
export interface WantedLink {
  readonly name: string
  readonly streams: readonly SharedStream[]
  readonly expiresAt: number
}

/** Links to some streams until some time, for people without an account: shown once, kept hashed. */
export class ShareLinks {
  readonly #parts: KeysAndLinksParts

  constructor(parts: KeysAndLinksParts) {
    this.#parts = parts
  }

  get all(): readonly ShareLink[] {
    return this.#parts.cache.links
  }

  /**
   * Makes a link.
   * @returns it and its token, which is known to nobody afterwards
   * @throws Refusal `invalid`; `exhausted`
   */
  async add(actor: AuditActor, wanted: WantedLink): Promise<{ readonly link: ShareLink; readonly token: string }> {
    const { store, cache, audit, clock } = this.#parts
    const now = clock.now()
    if (this.all.length >= MOST_LINKS)
      throw new Refusal('exhausted', `There are ${MOST_LINKS} links, which is the limit.`)
    if (wanted.streams.length === 0 || wanted.streams.length > MOST_STREAMS)
      throw new Refusal('invalid', `streams: 1 to ${MOST_STREAMS} are required`)
    checkExpiry(wanted.expiresAt, now)
    const token = `${LINK_PREFIX}${randomText(24)}`
    const link: ShareLink = {
      id: randomText(9),
      name: checkName('name', wanted.name),
      hash: digestOf(token),
      streams: wanted.streams.map(checkStream),
      createdAt: now,
      createdBy: actor.who,
      expiresAt: wanted.expiresAt,
      lastUsedAt: undefined,
    }
    await store.addLink(link)
    await cache.reload()
    const streams = link.streams.map(({ label, key = '*' }) => `${label}/${key}`).join(', ')
    const until = new Date(link.expiresAt).toISOString()
    audit.note(actor, { action: 'link.add', target: link.name, detail: `${streams} until ${until}` })
    return { link, token }
  }

  /** Closes what it opened. @throws Refusal `not_found` */
  async revoke(actor: AuditActor, id: string): Promise<void> {
    const { store, cache, audit } = this.#parts
    const link = this.all.find((each) => each.id === id)
    if (!link) throw new Refusal('not_found', 'There is no such link.')
    await store.removeLink(id)
    await cache.reload()
    audit.note(actor, { action: 'link.revoke', target: link.name })
  }
}

function checkStream({ label, key }: SharedStream): SharedStream {
  return { label: checkName('label', label), ...(key !== undefined && { key: checkName('key', key) }) }
}

const MOST_LINKS = 10_000
const MOST_STREAMS = 100
