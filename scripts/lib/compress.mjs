import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** Compressible files; pictures and fonts are compressed already. */
const TEXTS = /\.(js|css|svg|map)$/
/** The minimum size in bytes: below, the `Content-Encoding` header costs more than is saved. */
const LEAST = 1000

/**
 * Precompresses the text files of a folder (Brotli `.br` and gzip `.gz` beside each) at the highest level, at build
 * time, so that serving them costs nothing.
 * @param {string} folder searched recursively
 */
export async function compressFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && TEXTS.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  await Promise.all(paths.map(compressFile))
}

async function compressFile(path) {
  const text = await readFile(path)
  if (text.length < LEAST) return
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
    promisify(gzip)(text, { level: 9 }),
  ])
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)])
}
