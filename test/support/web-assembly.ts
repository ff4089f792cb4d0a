/*
 * Assembles the WebAssembly that the server has. After a change to a .wat file: node test/support/web-assembly.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import wabt from 'wabt'

const SOURCE = join(import.meta.dirname, '../../src')

/** A source in WebAssembly's text format, and the file that it is kept in, in the form in which the server reads it. */
interface Assembly {
  /** Below `src`. */
  readonly from: string
  readonly to: string
  form(code: Uint8Array): Uint8Array
}

/** The modules, by name. */
const ASSEMBLIES = {
  resampler: { from: 'renditions/resampler.wat', to: 'renditions/resampler.wasm', form: (code) => code },
  levelLoops: { from: 'renditions/level-loops.wat', to: 'renditions/level-loops.wasm', form: (code) => code },
  // In the folder wire nothing reads files.
  bitshuffle: {
    from: 'wire/bsread/bitshuffle.wat',
    to: 'wire/bsread/bitshuffle-code.ts',
    form: (code) => inBase64('BITSHUFFLE_WASM', 'bitshuffle.wat', code),
  },
  bitshufflePack: {
    from: 'wire/bsread/bitshuffle-pack.wat',
    to: 'wire/bsread/bitshuffle-pack-code.ts',
    form: (code) => inBase64('BITSHUFFLE_PACK_WASM', 'bitshuffle-pack.wat', code),
  },
} as const satisfies Record<string, Assembly>

function inBase64(name: string, from: string, code: Uint8Array): Uint8Array {
  const text = Buffer.from(code).toString('base64')
  return Buffer.from(
    `/** ${from}, assembled by test/support/web-assembly.ts; in Base64. */\nexport const ${name} =\n  '${text}'\n`,
  )
}

/** Whether the committed file is what its source gives. */
export async function isUpToDate(name: keyof typeof ASSEMBLIES): Promise<boolean> {
  const { to } = ASSEMBLIES[name]
  return readFileSync(join(SOURCE, to)).equals(await assembled(ASSEMBLIES[name]))
}

async function assembled({ from, form }: Assembly): Promise<Uint8Array> {
  const assembler = await wabt()
  const parsed = assembler.parseWat(from, readFileSync(join(SOURCE, from), 'utf8'), { simd: true, bulk_memory: true })
  return form(parsed.toBinary({}).buffer)
}

if (import.meta.main)
  for (const assembly of Object.values(ASSEMBLIES)) writeFileSync(join(SOURCE, assembly.to), await assembled(assembly))
