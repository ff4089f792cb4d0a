/** A call to the server. */
export interface Call {
  /** The name of the message: "system_command" */
  readonly name: string
  readonly payload: object
  /** In the error when no answer came: "The command get_system_status" */
  readonly what: string
  /** How long it waits for the connection and the answer, ms. */
  readonly timeout: number
}

/** The other end of calls. */
export interface CallPeer {
  readonly connected: boolean
  emit(name: string, payload: object, answered: (answer: unknown) => void): unknown
}

interface PendingCall extends Call {
  isSent: boolean
  settle(error: Error | undefined, answer?: unknown): void
}

/**
 * Calls that wait for the connection and then for their answers (acknowledgements). Each is sent once at most: what was
 * sent when the connection broke may have been done.
 */
export class Calls {
  readonly #peer: () => CallPeer | undefined
  readonly #pending = new Set<PendingCall>()

  constructor(peer: () => CallPeer | undefined) {
    this.#peer = peer
  }

  /** Sends a call, at once or when connected. @returns the answer @throws Error when it does not come in time */
  add(call: Call): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => pending.settle(new Error(`${call.what} was not answered in ${call.timeout / 1000} s.`)),
        call.timeout,
      )
      const pending: PendingCall = {
        ...call,
        isSent: false,
        settle: (error, answer) => {
          if (!this.#pending.delete(pending)) return
          clearTimeout(timer)
          if (error) reject(error)
          else resolve(answer)
        },
      }
      this.#pending.add(pending)
      this.#send(pending)
    })
  }

  /** The connection is made: sends what has waited for it. */
  connected(): void {
    for (const call of [...this.#pending]) this.#send(call)
  }

  /** The connection is lost: what was sent gets no answer any more. */
  lost(): void {
    for (const call of [...this.#pending])
      if (call.isSent)
        call.settle(new Error(`The connection was lost before the answer. ${call.what} may have been carried out.`))
  }

  /** Gives all of them up. */
  end(reason: string): void {
    for (const call of [...this.#pending]) call.settle(new Error(reason))
  }

  #send(call: PendingCall): void {
    const peer = this.#peer()
    if (call.isSent || !peer?.connected) return
    call.isSent = true
    peer.emit(call.name, call.payload, (answer) => call.settle(undefined, answer))
  }
}
