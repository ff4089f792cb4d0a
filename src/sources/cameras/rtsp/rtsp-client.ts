import { fieldOf, type RtspResponse } from '../../../wire/rtsp/rtsp-message.ts'
import { HttpAuthentication } from '../http-authentication.ts'
import type { RtspConnection } from './rtsp-connection.ts'
import { passwordFailure, refusalFailure, unknownLogin } from './rtsp-failures.ts'
import type { RtspTarget } from './rtsp-target.ts'

/** The camera wants us to ask at another address. */
export class Redirection extends Error {
  readonly location: string | undefined

  constructor(location: string | undefined) {
    super('redirected')
    this.name = 'Redirection'
    this.location = location
  }
}

/** Asks a camera over one connection, and says who asks where it wants to know. */
export class RtspClient {
  readonly #connection: RtspConnection
  readonly #authentication: HttpAuthentication | undefined
  readonly #timeout: number
  readonly #signal: AbortSignal

  /** @param timeout how long an answer may take, ms */
  constructor(connection: RtspConnection, { credentials }: RtspTarget, timeout: number, signal: AbortSignal) {
    this.#connection = connection
    this.#authentication = credentials && new HttpAuthentication(credentials)
    this.#timeout = timeout
    this.#signal = signal
  }

  /**
   * Sends a request, once more if the camera wants to know who asks.
   * @returns its answer, if that is a success
   * @throws CameraFailure for all other answers, but for Redirection; the signal's reason
   */
  async ask(method: string, uri: string, fields: Readonly<Record<string, string>> = {}): Promise<RtspResponse> {
    const response = await this.answer(method, uri, fields)
    if (response.status >= 200 && response.status < 300) return response
    if (MOVED.has(response.status)) throw new Redirection(fieldOf(response, 'location'))
    throw refusalFailure(method, response)
  }

  /** The same, with any answer but 401. */
  async answer(method: string, uri: string, fields: Readonly<Record<string, string>> = {}): Promise<RtspResponse> {
    for (;;) {
      const response = await this.send(method, uri, fields, { timeout: this.#timeout, signal: this.#signal })
      if (response.status !== 401) {
        this.#authentication?.accepted()
        return response
      }
      if (!this.#authentication) throw passwordFailure('nothing')
      const next = this.#authentication.refused(response.fields.get('www-authenticate') ?? [])
      if (next === 'unknown') throw unknownLogin()
      if (next === 'wrong') throw passwordFailure('credentials')
    }
  }

  /** Sends it once. */
  send(
    method: string,
    uri: string,
    fields: Readonly<Record<string, string>>,
    { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<RtspResponse> {
    const authorization = this.#authentication?.authorization(method, uri)
    const all = authorization === undefined ? fields : { ...fields, Authorization: authorization }
    return this.#connection.ask({ method, uri, fields: all, timeout }, signal)
  }
}

const MOVED: ReadonlySet<number> = new Set([301, 302, 303, 305, 307, 308])
