import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { BasePaths } from '../../access/base-path.ts'
import { hasSeveralHosts } from '../../access/client-address.ts'
import type { Action } from '../../core/authorization.ts'
import type { Clock } from '../../core/clock.ts'
import type { Holder } from '../../core/held-bytes.ts'
import type { Log } from '../../core/log.ts'
import type { Principal } from '../../core/principal.ts'
import type { ConnectionRegistry } from './connection-registry.ts'
import type { NoteRefusal } from './error-handler.ts'
import type { RefusalDelay } from './refusal-delay.ts'
import type { KnownRequest } from './request-guard.ts'
import type { RequestTurns } from './request-turns.ts'

/** What the handlers of upgrades need. */
export interface UpgradeParts {
  readonly basePaths: BasePaths
  readonly registry: ConnectionRegistry
  readonly turns: RequestTurns
  readonly refusalDelay: RefusalDelay
  readonly clock: Clock
  readonly log: Log
  /** Authenticates and authorizes the peer; rejects with a Refusal. */
  readonly authorize: (request: KnownRequest, action: Action) => Promise<Principal>
  /** Called when a connection has to wait, or is closed, because of a limit (the name of the setting). */
  readonly limited: (limit: string) => void
  /** Called when the registry counts a socket, which then is no HTTP connection any more. */
  readonly registered: (socket: Socket) => void
  /** Called for each refused upgrade. */
  readonly noteRefusal: NoteRefusal
  /** Whose share of the memory a connection takes. */
  readonly holderOf: (request: KnownRequest) => Holder
  /** The key of the connection limit; undefined: not limited. */
  readonly clientOf: (request: KnownRequest, principal: Principal) => string | undefined
}

/** A handler of the upgrades of some paths. */
export interface UpgradeTaker {
  /** @returns whether it has taken over the socket; if not it is still the caller's */
  upgrade(path: string, request: IncomingMessage, raw: Duplex, head: Buffer): boolean
}

/**
 * Routes WebSocket upgrades, as the only listener of the server's `upgrade` event: two listeners would break each
 * other's handshakes. Answers 400 to two `Host` headers, 404 when no handler takes the path, 503 at shutdown.
 * @param takers tried in order
 */
export function routeUpgrades(
  server: Server,
  { basePaths, registry, turns, holderOf }: Pick<UpgradeParts, 'basePaths' | 'registry' | 'turns' | 'holderOf'>,
  takers: readonly UpgradeTaker[],
): void {
  server.on('upgrade', (request, raw, head) => {
    // Until a handler takes over, an unhandled 'error' event would crash the process.
    raw.on('error', ignoreError)
    const url = basePaths.strip(request.url ?? '/')
    request.url = url
    if (hasSeveralHosts(request)) {
      refuseUpgrade(raw, 400)
      return
    }
    const client = () => holderOf({ raw: request, identity: undefined }).client
    turns.take(client, () => {
      if (registry.isClosing) {
        refuseUpgrade(raw, 503)
        return
      }
      const path = url.split('?', 1)[0] ?? '/'
      if (!takers.some((taker) => taker.upgrade(path, request, raw, head))) refuseUpgrade(raw, 404)
    })
  })
}

/** Refuses the handshake with an HTTP status and closes the socket. */
export function refuseUpgrade(raw: Duplex, status: number): void {
  // The peer may never close its side, and a half-open socket would stay forever.
  raw.once('finish', () => raw.destroy())
  raw.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}

/** The 'error' listener of a socket that no handler has taken over yet. */
export function ignoreError(): void {}
