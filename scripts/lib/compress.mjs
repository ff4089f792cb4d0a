import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** What is text; pictures and fonts are compressed already. */
const TEXTS = /\.(js|css|svg|map)$/
/** Bytes below which the header that says "compressed" costs more. */
const LEAST = 1000

/**
 * Puts a `.br` and a `.gz` beside each text of a folder that is worth it, as small as they get: once at building, so that
 * answering costs nothing.
 * @param {string} folder with all below it
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
