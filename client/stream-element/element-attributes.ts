import { MAX_WIDTH } from '../../src/wire/live-request.ts'
import { serverOfScript } from '../server-path.ts'

/** The attributes of the element; each has a property of the same name. */
export const ATTRIBUTES = [
  'label',
  'camera',
  'token',
  'server',
  'boxes',
  'fit',
  'resolution',
  'colormap',
  'levels',
  'log',
  'age',
  'alt',
] as const

/** The server that this script came from: "https://cameras.example". */
const HOME = serverOfScript(import.meta.url)

/** The element's attributes as properties, as frameworks set them. Setting undefined or null removes the attribute. */
export class ElementAttributes extends HTMLElement {
  /** The first part of the stream's name: the site. */
  get label(): string | undefined {
    return this.#text('label')
  }
  set label(value: string | null | undefined) {
    this.#set('label', value)
  }

  /** The second part of the stream's name: the camera (its key). */
  get camera(): string | undefined {
    return this.#text('camera')
  }
  set camera(value: string | null | undefined) {
    this.#set('camera', value)
  }

  /** The token of a share link, or an API key of scope `view`. */
  get token(): string | undefined {
    return this.#text('token')
  }
  set token(value: string | null | undefined) {
    this.#set('token', value)
  }

  /** The server's address; default: where this script came from. */
  get server(): string {
    return this.#text('server') ?? HOME
  }
  set server(value: string | null | undefined) {
    this.#set('server', value)
  }

  /** Whether detections are drawn. */
  get boxes(): boolean {
    return this.hasAttribute('boxes')
  }
  set boxes(value: boolean) {
    this.toggleAttribute('boxes', value)
  }

  /** As in CSS `object-fit`. */
  get fit(): 'contain' | 'cover' {
    return this.getAttribute('fit') === 'cover' ? 'cover' : 'contain'
  }
  set fit(value: 'contain' | 'cover' | null | undefined) {
    this.#set('fit', value)
  }

  /** Which pictures are sent: as wide as they are shown (`auto`), the originals, or of this width in pixels. */
  get resolution(): 'auto' | 'original' | number {
    const value = this.#text('resolution')
    if (value === 'original') return value
    const width = Number(value)
    return width >= 1 && width <= MAX_WIDTH ? width : 'auto'
  }
  set resolution(value: 'auto' | 'original' | number | null | undefined) {
    this.#set('resolution', value?.toString())
  }

  /** The colours of arrays: a colour map by its name; default: as the stream or the server has it. */
  get colormap(): string | undefined {
    return this.#text('colormap')
  }
  set colormap(value: string | null | undefined) {
    this.#set('colormap', value)
  }

  /** The values with the first and the last colour: `auto`, `0,100` or `p1,p99`; default: as the stream or the server has it. */
  get levels(): string | undefined {
    return this.#text('levels')
  }
  set levels(value: string | null | undefined) {
    this.#set('levels', value)
  }

  /** Whether the colours follow the logarithm of the values; default: as the stream or the server has it. */
  get log(): boolean | undefined {
    return this.hasAttribute('log') ? this.getAttribute('log') !== 'false' : undefined
  }
  set log(value: boolean | null | undefined) {
    this.#set('log', value?.toString())
  }

  /** Whether the picture's age is shown. */
  get age(): 'on' | 'off' {
    return this.getAttribute('age') === 'off' ? 'off' : 'on'
  }
  set age(value: 'on' | 'off' | null | undefined) {
    this.#set('age', value)
  }

  /** What the picture shows, for screen readers; default: label and camera; empty: nothing but decoration. */
  get alt(): string | undefined {
    return this.getAttribute('alt') ?? undefined
  }
  set alt(value: string | null | undefined) {
    this.#set('alt', value)
  }

  connectedCallback(): void {
    // Properties that were set before this script was loaded hide those of the class.
    for (const name of ATTRIBUTES) {
      if (!Object.hasOwn(this, name)) continue
      const value = Reflect.get(this, name)
      Reflect.deleteProperty(this, name)
      Reflect.set(this, name, value)
    }
  }

  /** An attribute; undefined if it is missing or empty. */
  #text(name: string): string | undefined {
    return this.getAttribute(name) || undefined
  }

  #set(name: string, value: string | null | undefined): void {
    if (value === undefined || value === null) this.removeAttribute(name)
    else this.setAttribute(name, value)
  }
}
