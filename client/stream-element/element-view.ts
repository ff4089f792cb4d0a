import type { Size } from '../../src/core/payload.ts'
import { STYLES } from './element-styles.ts'
import type { StreamStatus } from './stream-status.ts'

/** One for all elements. */
const STYLE_SHEET = new CSSStyleSheet()
STYLE_SHEET.replaceSync(STYLES)

/** What the element shows besides its picture. */
export interface ShownStatus extends StreamStatus {
  /** The picture's age; undefined: none is shown. */
  readonly age: string | undefined
  /** The name for screen readers, with the state; undefined: the element is decoration. */
  readonly name: string | undefined
}

/** The element's shadow tree: a canvas, its age and a message. Everything is written only when it changes. */
export class ElementView {
  readonly stage: HTMLElement
  readonly canvas: HTMLCanvasElement
  readonly #age: HTMLElement
  readonly #ageText: HTMLElement
  readonly #note: HTMLElement
  readonly #reason: HTMLElement

  constructor(root: ShadowRoot) {
    root.adoptedStyleSheets = [STYLE_SHEET]
    this.canvas = document.createElement('canvas')
    this.canvas.className = 'picture'
    this.canvas.part.add('picture')
    // Nothing to show yet, and 300 × 150 by default.
    this.canvas.width = this.canvas.height = 1
    this.#ageText = made('span', 'age-text')
    this.#age = made('div', 'age', this.#ageText)
    this.#note = made('div', 'note')
    this.#reason = made('div', 'reason')
    this.stage = made('div', 'stage', this.canvas, this.#age, made('div', 'message', this.#note, this.#reason))
    root.append(this.stage)
  }

  /** Gives the element the shape of the picture, where the page does not set a height. */
  set picture({ width, height }: Size) {
    this.stage.style.aspectRatio = `${width} / ${height}`
  }

  show({ state, note, reason, age, name }: ShownStatus): void {
    if (this.stage.dataset.state !== state) this.stage.dataset.state = state
    setText(this.#age, this.#ageText, age)
    setText(this.#note, this.#note, note)
    setText(this.#reason, this.#reason, reason)
    setAttribute(this.stage, 'role', name === undefined ? undefined : 'img')
    setAttribute(this.stage, 'aria-label', name)
    setAttribute(this.stage, 'aria-hidden', name === undefined ? 'true' : undefined)
  }
}

function made(tag: string, name: string, ...children: Node[]): HTMLElement {
  const element = document.createElement(tag)
  element.className = name
  element.part.add(name)
  element.append(...children)
  return element
}

function setText(box: HTMLElement, element: HTMLElement, text: string | undefined): void {
  if (element.textContent !== (text ?? '')) element.textContent = text ?? ''
  box.hidden = !text
}

function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name)
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}
