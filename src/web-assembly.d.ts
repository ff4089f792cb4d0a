/*
 * The part of WebAssembly that the server uses; TypeScript has its types among those of browsers only.
 */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
  }

  class Instance {
    constructor(module: Module)
    readonly exports: object
  }

  class Memory {
    readonly buffer: ArrayBuffer
    /** @throws RangeError when there is not so much */
    grow(pages: number): number
  }
}
