import type { Json } from '../core/frame.ts'

/** The value that a text is in JSON, or the text itself: what detectors call JSON is not always. */
export function jsonOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return text
  }
}
