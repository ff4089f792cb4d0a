/*
 * Assembles resampler.wat. After a change to it: node src/renditions/build-resampler.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

/** The WebAssembly module, as resampler.wasm has it. */
export async function assembleResampler(): Promise<Uint8Array> {
  const source = readFileSync(new URL('resampler.wat', import.meta.url), 'utf8')
  const assembler = await wabt()
  const parsed = assembler.parseWat('resampler.wat', source, { simd: true })
  return parsed.toBinary({}).buffer
}

if (import.meta.main) writeFileSync(new URL('resampler.wasm', import.meta.url), await assembleResampler())
