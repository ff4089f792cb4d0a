import { closeSync, constants, fsyncSync, openSync, readSync, writeSync } from 'node:fs'

/**
 * Notes beside the history that events could not be stored: if the process ends before they are, nobody else knows. A
 * file of one byte that exists before it is needed, since on a full disk nothing can be added, but what is there can be
 * overwritten.
 */
export class LossMark {
  readonly #file: number
  #isSet: boolean

  /** @throws Error when the file can be neither opened nor created */
  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    const byte = Buffer.alloc(1)
    const isNew = readSync(this.#file, byte, 0, 1, 0) === 0
    this.#isSet = byte[0] === SET
    if (isNew) this.#write(NOT_SET)
  }

  /** Whether events could not be stored, in this process or the one before. */
  get isSet(): boolean {
    return this.#isSet
  }

  /** @throws Error when the disk does not even take one byte */
  set(): void {
    if (!this.#isSet) this.#write(SET)
    this.#isSet = true
  }

  /** They are stored, or the history knows which are missing. @throws as `set` */
  clear(): void {
    if (this.#isSet) this.#write(NOT_SET)
    this.#isSet = false
  }

  close(): void {
    closeSync(this.#file)
  }

  #write(byte: number): void {
    writeSync(this.#file, Uint8Array.of(byte), 0, 1, 0)
    fsyncSync(this.#file)
  }
}

const [NOT_SET, SET] = [0x30, 0x31]
