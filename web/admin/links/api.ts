import type { SharedStream } from '../../../src/core/account-store.ts'
import { type Fields, listIn, numberIn, textIn } from '../../access/json-fields.ts'
import { request } from '../admin-request.ts'

/** A share link, for people without an account. Times are ms since 1970. */
export interface Link {
  readonly id: string
  readonly name: string
  readonly streams: readonly SharedStream[]
  /** Whether it shows all that came with the pictures. */
  readonly showsMetadata: boolean
  readonly createdAt: number
  readonly createdBy: string
  readonly expiresAt: number
  readonly lastUsedAt: number | undefined
}

/** The fields of a new link. */
export type NewLink = Pick<Link, 'name' | 'streams' | 'showsMetadata' | 'expiresAt'>

/** A created link, with its token, which is returned only once. */
export interface CreatedLink extends Link {
  readonly token: string
}

/** Loads all links, including recently expired ones; newest first. @throws HttpProblem */
export async function loadLinks(signal: AbortSignal): Promise<Link[]> {
  return listIn(await request('GET', '/links', undefined, signal), 'links')
    .map(linkOf)
    .sort((one, other) => other.createdAt - one.createdAt)
}

/** @throws HttpProblem */
export async function createLink({ name, streams, showsMetadata, expiresAt }: NewLink): Promise<CreatedLink> {
  const answer = await request('POST', '/links', { name, streams, metadata: showsMetadata, expires_at: expiresAt })
  return { ...linkOf(answer), token: textIn(answer, 'token') }
}

/** Revokes a link and closes the connections opened with it. @throws HttpProblem */
export async function revokeLink(id: string): Promise<void> {
  await request('DELETE', `/links/${encodeURIComponent(id)}`)
}

/** A link as the server describes it. */
export function linkOf(fields: Fields): Link {
  return {
    id: textIn(fields, 'id'),
    name: textIn(fields, 'name'),
    streams: listIn(fields, 'streams').map(streamOf),
    showsMetadata: fields.metadata === true,
    createdAt: numberIn(fields, 'created_at') ?? 0,
    createdBy: textIn(fields, 'created_by'),
    expiresAt: numberIn(fields, 'expires_at') ?? 0,
    lastUsedAt: numberIn(fields, 'last_used_at'),
  }
}

function streamOf(fields: Fields): SharedStream {
  const label = textIn(fields, 'label')
  return typeof fields.key === 'string' ? { label, key: fields.key } : { label }
}
