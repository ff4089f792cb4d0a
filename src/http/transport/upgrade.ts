import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Action } from '../../core/authorization.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Principal } from '../../core/principal.ts'
import type { ConnectionRegistry } from './connection-registry.ts'
import type { NoteRefusal } from './error-handler.ts'
import type { KnownRequest } from './request-guard.ts'

/** What upgrades need of others. */
export interface UpgradeParts {
  readonly registry: ConnectionRegistry
  readonly clock: Clock
  readonly log: Log
  /** Who connects; a Refusal if they may not. */
  readonly authorize: (request: KnownRequest, action: Action) => Promise<Principal>
  /** Told of whoever was refused. */
  readonly noteRefusal: NoteRefusal
  /** What the limit of connections goes by; undefined: not limited. */
  readonly clientOf: (request: KnownRequest, principal: Principal) => string | undefined
}

/** Takes the upgrades of some paths. */
export interface UpgradeTaker {
  /** @returns whether the path is one of its own, and the socket no longer the caller's */
  upgrade(path: string, request: IncomingMessage, raw: Duplex, head: Buffer): boolean
}

/**
 * The WebSocket upgrade: becomes the one owner of the server's `upgrade` event. Side by side, two listeners break each other's handshakes.
 * @param takers asked in their order
 */
export function routeUpgrades(server: Server, registry: ConnectionRegistry, takers: readonly UpgradeTaker[]): void {
  server.on('upgrade', (request, raw, head) => {
    // Until somebody takes over nobody else listens, and an unheard error would end the process.
    raw.on('error', ignoreError)
    if (registry.isClosing) {
      refuseUpgrade(raw, 503)
      return
    }
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (!takers.some((taker) => taker.upgrade(path, request, raw, head))) refuseUpgrade(raw, 404)
  })
}

/** Answers with a status instead of the handshake. */
export function refuseUpgrade(raw: Duplex, status: number): void {
  // The peer may never end its side, and a socket that is half open would stay for ever.
  raw.once('finish', () => raw.destroy())
  raw.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** Listens to the errors of a socket that nobody has taken over yet. */
export function ignoreError(): void {}
