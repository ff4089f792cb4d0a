import { Agent, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dialler } from '../dialler.ts'

/** What an agent needs. */
export interface AgentParts {
  readonly dialler: Dialler
  /** As of `CameraAddress`. */
  readonly tls: 'verified' | 'any' | undefined
  /** Aborted when no more connections are wanted. */
  readonly signal: AbortSignal
}

/**
 * Makes the connections of requests with a dialler, and so never by a proxy of the environment. A connection is used again,
 * as some cameras need a second for TLS.
 */
export class DiallerAgent extends Agent {
  readonly #parts: AgentParts

  constructor(parts: AgentParts) {
    super({ keepAlive: true, maxSockets: 2, maxFreeSockets: 1 })
    this.#parts = parts
  }

  override createConnection(
    options: ClientRequestArgs,
    made: (error: Error | null, stream: Duplex) => void = () => {},
  ): undefined {
    const { dialler, tls, signal } = this.#parts
    const to = { host: options.host ?? '', port: Number(options.port), tls }
    dialler.connect(to, signal).then(
      (socket) => made(null, socket),
      (error: unknown) => Reflect.apply(made, undefined, [error]),
    )
  }
}
