import { messageOf } from '../core/errors.ts'
import { type SealingKeys, seal, unseal } from './sealed-text.ts'

/** What is stored of one camera, or why it cannot be read, as a sentence for people. */
export type Opened<Value> = { readonly value: Value } | { readonly problem: string }

/**
 * Encrypts what is stored of cameras: as JSON, all of it, since secrets may be anywhere in an address. What it cannot read
 * it leaves as it is.
 */
export class CameraVault {
  readonly #keys: SealingKeys

  constructor(keys: SealingKeys) {
    this.#keys = keys
  }

  /**
   * Makes a sealer of values, each for the place where it is stored.
   * @throws Refusal `unavailable` when there is no usable key
   */
  sealer(): (value: unknown, place: string) => string {
    const key = this.#keys.readOrMake()
    return (value, place) => seal(JSON.stringify(value), place, key)
  }

  /** Makes an opener of what was stored. The type is not checked: nobody else can have sealed it. */
  opener<Value>(): (sealed: string, place: string) => Opened<Value> {
    const keys = this.#read()
    return (sealed, place) => {
      if ('problem' in keys) return keys
      const found = unseal(sealed, place, keys.all)
      return 'text' in found ? { value: JSON.parse(found.text) } : { problem: PROBLEMS[found.problem] }
    }
  }

  #read(): { readonly all: readonly Uint8Array[] } | { readonly problem: string } {
    try {
      return { all: this.#keys.read() }
    } catch (error) {
      return { problem: messageOf(error) }
    }
  }
}

const PROBLEMS = {
  lost: 'Address and password are lost, as the key file cameras.key is not the one that they were encrypted with: put that back, or type them again.',
  damaged: 'Address and password are damaged in the database: type them again.',
}
