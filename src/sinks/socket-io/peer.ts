import type { EndCause } from '../../core/connection.ts'
import { Refusal } from '../../core/errors.ts'
import type { SocketIoConnection, SocketIoListener } from './connection.ts'
import type { NamespaceClient } from './namespace-client.ts'

/** Whoever is at the other end of a connection: a client in each namespace that it has joined. */
export class Peer implements SocketIoListener {
  readonly connection: SocketIoConnection
  /** By namespace; undefined for one that it is joining. */
  readonly #clients = new Map<string, NamespaceClient | undefined>()

  constructor(connection: SocketIoConnection) {
    this.connection = connection
    connection.listen(this)
  }

  /** It joins a namespace. @throws Refusal `conflict` when it has, or is joining it already */
  enter(namespace: string): void {
    if (this.#clients.has(namespace)) throw new Refusal('conflict', `${namespace} has been joined already.`)
    this.#clients.set(namespace, undefined)
  }

  /** It has joined. */
  joined(namespace: string, client: NamespaceClient): void {
    this.#clients.set(namespace, client)
  }

  /** Whether it is, or is about to be, in that namespace. */
  isIn(namespace: string): boolean {
    return this.#clients.has(namespace)
  }

  /** It has left, or may not join. */
  leave(namespace: string): void {
    this.#clients.get(namespace)?.close()
    this.#clients.delete(namespace)
  }

  drained(): void {
    for (const client of this.#clients.values()) if (this.connection.isDrained) client?.drained()
  }

  tooLarge(): void {
    for (const client of this.#clients.values()) client?.error('A message has at most 64 KiB.')
  }

  ending(cause: EndCause, reason: string): void {
    for (const client of [...this.#clients.values()]) client?.ending(cause, reason)
  }

  closed(): void {
    for (const namespace of [...this.#clients.keys()]) this.leave(namespace)
  }
}
