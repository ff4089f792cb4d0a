/**
 * Makes an instance of a module that imports nothing.
 * @param code in Base64
 * @returns what it exports, which its source says; undefined where WebAssembly, or an extension that it needs, is missing
 */
export function instantiate<Exports extends object>(code: string): Exports | undefined {
  try {
    const bytes = Uint8Array.from(atob(code), (char) => char.charCodeAt(0))
    const { exports }: { exports: object } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
    return exports as Exports
  } catch {
    return undefined
  }
}
