import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/**
 * Keeps the assets of the last build beside those of the next one, no older ones: a server of this checkout that runs goes on
 * with the page that it has started with. Their names have a hash of what is in them.
 * @param {string} output the output folder, with `assets` in it
 * @param {() => Promise<void>} build empties the folder and fills it
 */
export async function withEarlierAssets(output, build) {
  const assets = join(output, 'assets')
  const list = join(output, '.assets.json')
  const aside = `${output}-earlier`
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { recursive: true })
  const names = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
  const earlier = names.filter((name) => existsSync(join(assets, name)))
  for (const name of earlier) copyFileSync(join(assets, name), join(aside, name))
  await build()
  const own = new Set(readdirSync(assets))
  for (const name of earlier) if (!own.has(name)) renameSync(join(aside, name), join(assets, name))
  writeFileSync(list, JSON.stringify([...own]))
  rmSync(aside, { recursive: true, force: true })
}
