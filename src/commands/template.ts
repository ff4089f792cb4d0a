import type { Json } from '../core/json.ts'
import type { ParamValues } from './command-params.ts'

/*
 * Templates: texts in which `{name}` stands for the value of a parameter. Other braces are what they are.
 */

const PLACE = /\{([A-Za-z_][A-Za-z0-9_]*)\}/

/** A text with places for parameters. */
export class TextTemplate {
  /** The parameters in it. */
  readonly names: readonly string[]
  /** Texts and names alternate, a text first. */
  readonly #parts: readonly string[]

  constructor(text: string) {
    this.#parts = text.split(new RegExp(PLACE, 'g'))
    this.names = this.#parts.filter((_, i) => i % 2 === 1)
  }

  /** The parameter that it begins with; undefined if it begins with a text, or is empty. */
  get first(): string | undefined {
    return this.#parts[0] === '' ? this.#parts[1] : undefined
  }

  /** @param encode encodes a value for the place where it stands */
  render(params: ParamValues, encode: (value: string) => string = (value) => value): string {
    return this.#parts.map((part, i) => (i % 2 === 0 ? part : encode(String(params[part] ?? '')))).join('')
  }
}

/** JSON with places in its texts. A text that is nothing but a place becomes the value itself: a number stays one. */
export class JsonTemplate {
  readonly names: readonly string[]
  readonly #render: (params: ParamValues) => Json

  constructor(template: Json) {
    const names = new Set<string>()
    this.#render = rendererOf(template, names)
    this.names = [...names]
  }

  render(params: ParamValues): Json {
    return this.#render(params)
  }
}

type Render = (params: ParamValues) => Json

function rendererOf(template: Json, names: Set<string>): Render {
  if (typeof template === 'string') return textRendererOf(template, names)
  if (typeof template !== 'object' || template === null) return () => template
  if (isList(template)) {
    const items = template.map((item) => rendererOf(item, names))
    return (params) => items.map((render) => render(params))
  }
  const fields = Object.entries(template).map(([name, value]) => [name, rendererOf(value, names)] as const)
  return (params) => Object.fromEntries(fields.map(([name, render]) => [name, render(params)]))
}

function textRendererOf(text: string, names: Set<string>): Render {
  const template = new TextTemplate(text)
  for (const name of template.names) names.add(name)
  const [only] = template.names
  if (only !== undefined && text === `{${only}}`) return (params) => params[only] ?? null
  return (params) => template.render(params)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
