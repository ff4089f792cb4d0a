import { constants } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SerialQueue } from '../../core/serial-queue.ts'

/**
 * Notes beside the history that events could not be stored: if the process ends before they are, nobody else knows. A
 * file of one byte that exists before it is needed, since on a full disk nothing can be added, but what is there can be
 * overwritten.
 */
export class LossMark {
  readonly #file: FileHandle
  readonly #writes = new SerialQueue()
  #isSet: boolean

  private constructor(file: FileHandle, isSet: boolean) {
    this.#file = file
    this.#isSet = isSet
  }

  /** @throws Error when the file can be neither opened nor created */
  static async open(path: string): Promise<LossMark> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, 0)
      const mark = new LossMark(file, buffer[0] === SET)
      if (bytesRead === 0) await mark.#write(NOT_SET)
      return mark
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Whether events could not be stored, in this process or the one before. */
  get isSet(): boolean {
    return this.#isSet
  }

  /**
   * Sets it; or clears it, when they are stored or the history knows which are missing.
   * @throws Error when the disk does not even take one byte
   */
  set(isSet: boolean): Promise<void> {
    return this.#writes.run(async () => {
      if (isSet !== this.#isSet) await this.#write(isSet ? SET : NOT_SET)
      this.#isSet = isSet
    })
  }

  /** Closes the file once everything is written. */
  close(): Promise<void> {
    return this.#writes.run(() => this.#file.close())
  }

  async #write(byte: number): Promise<void> {
    await this.#file.write(Uint8Array.of(byte), 0, 1, 0)
    await this.#file.sync()
  }
}

const [NOT_SET, SET] = [0x30, 0x31]
