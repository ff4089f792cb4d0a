import { Refusal } from '../core/errors.ts'
import type { ParamValues } from './command-params.ts'
import { TextTemplate } from './template.ts'

/**
 * The address of an HTTP call, with places for parameters in its path and its query. A value is one component of the
 * address: it changes neither the host nor how the path is divided.
 */
export class UrlTemplate {
  readonly names: readonly string[]
  /** The value of the header `Authorization` for the user and password in the address, if it has them. */
  readonly authorization: string | undefined
  readonly #origin: string
  readonly #segments: readonly TextTemplate[]
  /** With its "?". */
  readonly #query: TextTemplate

  /** @throws Error with a sentence that does not repeat the address, which may have a password in it */
  constructor(url: string) {
    const [, scheme, authority, rest = ''] = /^(https?:\/\/)([^/?#\\]+)([/?].*)?$/i.exec(url) ?? []
    if (scheme === undefined || authority === undefined || rest.includes('#') || BROKEN.test(url))
      throw new Error('must be an address such as https://gate.example/open?door={door}')
    if (/[{}]/.test(authority)) throw new Error('parameters may stand in the path and the query only')
    if (!URL.canParse(scheme + authority)) throw new Error('has no valid host and port')
    const { origin, username, password } = new URL(scheme + authority)
    const question = rest.indexOf('?')
    const path = question < 0 ? rest : rest.slice(0, question)
    // `http://ann:12/34@gate` would call the host `ann`, and send it the rest of the password.
    if (!authority.includes('@') && authority.includes(':') && path.includes('@'))
      throw new Error('a "/" in a password must be written %2F, and an "@" in a path %40')
    this.authorization = username === '' && password === '' ? undefined : basic(username, password)
    this.#origin = origin
    this.#segments = path.split('/').map((segment) => new TextTemplate(segment))
    this.#query = new TextTemplate(question < 0 ? '' : rest.slice(question))
    this.names = [...this.#segments, this.#query].flatMap(({ names }) => names)
  }

  /** @throws Refusal `invalid` when a value would change the path */
  render(params: ParamValues): string {
    const path = this.#segments.map((segment) => renderSegment(segment, params)).join('/')
    return this.#origin + path + this.#query.render(params, encodeURIComponent)
  }
}

function renderSegment(segment: TextTemplate, params: ParamValues): string {
  const text = segment.render(params, encodeURIComponent)
  // Dots are not encoded, and would leave the folder, also as %2e.
  if (segment.names.length > 0 && /^(\.|%2e){0,2}$/i.test(text))
    throw new Refusal('invalid', `${segment.names.join(', ')}: must not be empty, "." or ".."`)
  return text
}

function basic(username: string, password: string): string {
  const credentials = [username, password].map(decoded).join(':')
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('a % in the user or password must be written %25')
  }
}

/** What parsers of addresses leave out or change. */
const BROKEN = /[\s\\]|\p{Cc}/u
