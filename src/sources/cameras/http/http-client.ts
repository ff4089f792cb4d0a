import { type IncomingMessage, request } from 'node:http'
import type { CameraSettings } from '../../../core/camera.ts'
import type { Clock } from '../../../core/clock.ts'
import { CameraFailure, type InputLimits } from '../camera-input.ts'
import type { Dialler } from '../dialler.ts'
import { type Credentials, HttpAuthentication } from '../http-authentication.ts'
import { DiallerAgent } from './dialler-agent.ts'
import { HttpAnswer } from './http-answer.ts'
import { otherScheme, requestFailure, silence, statusFailure, unauthorized, unknownChallenge } from './http-failures.ts'

/** What a client needs. */
export interface HttpClientParts {
  readonly settings: CameraSettings
  readonly dialler: Dialler
  readonly clock: Clock
  readonly limits: InputLimits
  /** Ends all requests when it is aborted. */
  readonly signal: AbortSignal
}

/** A part of a file. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/**
 * Asks one camera over HTTP. Redirects are followed through the dialler; user and password go to the camera's own host
 * only, and once they went over TLS not without.
 */
export class HttpClient {
  readonly #parts: HttpClientParts
  readonly #home: URL
  readonly #credentials: Credentials | undefined
  readonly #plain: DiallerAgent
  readonly #secure: DiallerAgent
  /** Of each port of the camera's host. */
  readonly #authentications = new Map<string, HttpAuthentication>()

  constructor(parts: HttpClientParts) {
    const { settings, dialler, signal } = parts
    const { user = '', password = '', certificate } = settings
    this.#parts = parts
    this.#home = new URL(settings.url)
    this.#credentials = user === '' && password === '' ? undefined : { user, password }
    this.#plain = new DiallerAgent({ dialler, signal, tls: undefined })
    this.#secure = new DiallerAgent({ dialler, signal, tls: certificate })
  }

  /**
   * Asks for an address.
   * @param range the part of it that is wanted
   * @returns the answer of success; the caller reads or discards it
   * @throws CameraFailure; the signal's reason
   */
  async get(url: URL, range?: ByteRange): Promise<HttpAnswer> {
    let at = url
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await this.#ask(at, range)
      const { status } = answer
      if (status >= 200 && status < 300) return answer
      const location = answer.header('location')
      if (status < 300 || status >= 400 || location === undefined) {
        const text = status === 400 ? await beginningOf(answer) : ''
        answer.discard()
        throw statusFailure(status, answer.header('retry-after'), text)
      }
      await answer.drain()
      at = addressIn(location, at, 'A redirect')
    }
    throw new CameraFailure('protocol', `The camera redirects more than ${MAX_REDIRECTS} times: check the address.`)
  }

  /** Ends its connections. */
  close(): void {
    this.#plain.destroy()
    this.#secure.destroy()
  }

  /** Tells user and password if the camera asks for them. */
  async #ask(url: URL, range: ByteRange | undefined): Promise<HttpAnswer> {
    const authentication = this.#authenticationFor(url)
    for (;;) {
      const answer = await this.#send(url, authentication?.authorization('GET', pathOf(url)), range)
      if (answer.status !== 401) {
        authentication?.accepted()
        return answer
      }
      await answer.drain()
      if (!authentication) throw unauthorized(false)
      const outcome = authentication.refused(answer.headers('www-authenticate'))
      if (outcome === 'again') continue
      throw outcome === 'wrong' ? unauthorized(true) : unknownChallenge()
    }
  }

  #authenticationFor(url: URL): HttpAuthentication | undefined {
    const home = this.#home
    const isSafe = home.protocol !== 'https:' || url.protocol === 'https:'
    if (!this.#credentials || url.hostname !== home.hostname || !isSafe) return undefined
    const known = this.#authentications.get(url.origin)
    if (known) return known
    const made = new HttpAuthentication(this.#credentials)
    this.#authentications.set(url.origin, made)
    return made
  }

  async #send(url: URL, authorization: string | undefined, range: ByteRange | undefined): Promise<HttpAnswer> {
    const { signal, clock, limits } = this.#parts
    const rules = { clock, silenceTimeout: limits.silenceTimeout, signal }
    try {
      return new HttpAnswer(await this.#exchange(url, authorization, range), url, rules)
    } catch (error) {
      // The camera has closed a connection that was kept just when it was used again.
      if (!(error instanceof KeptConnectionEnded)) throw error
      return new HttpAnswer(await this.#exchange(url, authorization, range), url, rules)
    }
  }

  #exchange(url: URL, authorization: string | undefined, range: ByteRange | undefined): Promise<IncomingMessage> {
    const { signal, clock, limits } = this.#parts
    const isSecure = url.protocol === 'https:'
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason)
        return
      }
      const outgoing = request({
        agent: isSecure ? this.#secure : this.#plain,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || (isSecure ? 443 : 80),
        path: pathOf(url),
        setHost: false,
        headers: {
          host: url.host,
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': 'Belvedere',
          ...(authorization !== undefined && { authorization }),
          ...(range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
        },
        // The firmware of cameras is sloppy, and there is nobody between it and us whom that could deceive.
        insecureHTTPParser: true,
        signal,
      })
      let stopWaiting = () => {}
      outgoing.once('socket', () => {
        stopWaiting = clock.after(limits.connectTimeout, () => outgoing.destroy(silence(limits.connectTimeout)))
      })
      outgoing.once('response', (message) => {
        stopWaiting()
        resolve(message)
      })
      outgoing.on('error', (error) => {
        stopWaiting()
        if (signal.aborted) reject(signal.reason)
        else if (outgoing.reusedSocket && !(error instanceof CameraFailure)) reject(new KeptConnectionEnded())
        else reject(requestFailure(error, false))
      })
      outgoing.end()
    })
  }
}

const MAX_REDIRECTS = 5

class KeptConnectionEnded extends Error {}

/**
 * An address that a camera leads to.
 * @param what it is in, "A redirect"
 * @throws CameraFailure `address` where it is not HTTP, `protocol` where it is none
 */
export function addressIn(text: string, base: URL, what: string): URL {
  const url = URL.parse(text, base)
  if (!url) throw new CameraFailure('protocol', `${what} of the camera leads to what is no address.`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw otherScheme(what)
  return url
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search
}

async function beginningOf(answer: HttpAnswer): Promise<string> {
  const bytes = await answer.bytes(4_096).catch(() => new Uint8Array())
  return Buffer.from(bytes).toString('latin1')
}
