import { readCameraUrl } from '../../src/core/camera-url.ts'
import { Refusal } from '../../src/core/errors.ts'

/** A camera's address as somebody typed or pasted it, taken apart. */
export interface PastedAddress {
  /** Without user and password. */
  readonly url: string
  /** As they are, not percent-encoded; empty if there is none. */
  readonly user: string
  readonly password: string
}

/** Takes user and password out of an address; a text that is none, or not yet, stays as it is. */
export function takeApart(text: string): PastedAddress {
  try {
    const { url, user = '', password = '' } = readCameraUrl(text, 'anybody')
    return { url, user, password }
  } catch (error) {
    // What is wrong with it the server says when it is sent.
    if (error instanceof Refusal) return { url: text, user: '', password: '' }
    throw error
  }
}
