import { ACTIONS, type Action } from '../../src/core/authorization.ts'
import { fieldsIn } from './json-fields.ts'

/** Who the page is to the server, and what it may do. */
export interface PageSession {
  readonly kind: 'anonymous' | 'user' | 'link' | 'key'
  /** The display name. */
  readonly name: string
  /** The actions it may perform, at least on some streams. */
  readonly may: readonly Action[]
  /** The signed-in user. */
  readonly user?: SessionUser | undefined
  /** The share link that opened the page. */
  readonly link?: SessionLink | undefined
  /** The server's reason why nothing is allowed. */
  readonly why?: string | undefined
}

/** An account, as its owner sees it. */
export interface SessionUser {
  readonly id: string
  readonly username: string
  /** A role of docs/security.md, or one that this page does not know. */
  readonly role: string
  /** The labels that the user may see; undefined: all. */
  readonly labels: readonly string[] | undefined
}

/** A share link: its streams and its expiry. */
export interface SessionLink {
  readonly name: string
  /** ms since 1970. */
  readonly expiresAt: number | undefined
  /** Whether it shows all that came with the pictures. */
  readonly showsMetadata: boolean
  /** Single streams (with a key) and whole labels (without). */
  readonly streams: readonly { readonly label: string; readonly key?: string | undefined }[]
}

/**
 * Parses a response of `/session`. Unknown actions are left out.
 * @throws TypeError when it is malformed
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

/** Whether two sessions are equal in everything that affects the page. */
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
  const { name, expires_at, metadata, streams } = fieldsIn(link)
  return {
    name: text(name) ?? '',
    // A server of before shows it.
    showsMetadata: metadata !== false,
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
