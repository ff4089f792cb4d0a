import { ACTIONS, type Action } from '../../src/core/authorization.ts'
import { fieldsIn } from './json-fields.ts'

/** Who the server takes this page for, and what that lets it do. */
export interface PageSession {
  readonly kind: 'anonymous' | 'user' | 'link' | 'key'
  /** For people. */
  readonly name: string
  /** What it may do on anything at all. */
  readonly may: readonly Action[]
  /** Somebody who is signed in. */
  readonly user?: SessionUser | undefined
  /** The share link that opened the page. */
  readonly link?: SessionLink | undefined
  /** Why nothing is allowed, in the server's words. */
  readonly why?: string | undefined
}

/** An account, as its owner sees it. */
export interface SessionUser {
  readonly id: string
  readonly username: string
  /** A role of docs/security.md, or one that this page does not know. */
  readonly role: string
  /** What it sees; undefined: all. */
  readonly labels: readonly string[] | undefined
}

/** What a share link shows, and until when. */
export interface SessionLink {
  readonly name: string
  /** ms since 1970. */
  readonly expiresAt: number | undefined
  /** Those with a key; a label alone stands for all its streams. */
  readonly streams: readonly { readonly label: string; readonly key?: string | undefined }[]
}

/**
 * Reads an answer of `/session`. What it does not know it leaves out: an unknown action is one that is not shown.
 * @throws TypeError when it is no such answer
 */
export function readSession(answer: unknown): PageSession {
  const { kind, name, may, user, link, why } = fieldsIn(answer)
  if (kind !== 'anonymous' && kind !== 'user' && kind !== 'link' && kind !== 'key')
    throw new TypeError('session: kind must be "anonymous", "user", "link" or "key"')
  const allowed: readonly unknown[] = Array.isArray(may) ? may : []
  return {
    kind,
    name: text(name) ?? '',
    may: ACTIONS.filter((action) => allowed.includes(action)),
    user: kind === 'user' ? readUser(user) : undefined,
    link: kind === 'link' ? readLink(link) : undefined,
    why: text(why),
  }
}

/** Whether two sessions are the same in all that decides what is shown. */
export function isSameSession(one: PageSession | undefined, other: PageSession | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function readUser(user: unknown): SessionUser {
  const { user_id, username, role, labels } = fieldsIn(user)
  const id = typeof user_id === 'number' ? String(user_id) : text(user_id)
  const name = text(username)
  if (id === undefined || name === undefined) throw new TypeError('session: user must have a user_id and a username')
  return {
    id,
    username: name,
    role: text(role) ?? '',
    labels: Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : undefined,
  }
}

function readLink(link: unknown): SessionLink {
  const { name, expires_at, streams } = fieldsIn(link)
  return {
    name: text(name) ?? '',
    expiresAt: typeof expires_at === 'number' ? expires_at : undefined,
    streams: (Array.isArray(streams) ? streams : []).flatMap((stream) => {
      const { label, key } = fieldsIn(stream)
      return typeof label === 'string' ? [{ label, key: text(key) }] : []
    }),
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
