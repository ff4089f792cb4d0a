import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withEarlierAssets } from '../../scripts/lib/earlier-assets.mjs'
import { temporaryFolder } from '../support/command.ts'

it('a build of the page leaves the assets of the one before it, for servers that run, and no older ones', async () => {
  const output = join(temporaryFolder(), 'web')
  const assets = join(output, 'assets')
  const build = (...names: string[]) =>
    withEarlierAssets(output, async () => {
      rmSync(output, { recursive: true, force: true })
      mkdirSync(assets, { recursive: true })
      for (const name of names) writeFileSync(join(assets, name), name)
    })
  await build('font', 'page-1')
  await build('font', 'page-2')
  expect(readdirSync(assets).sort()).toEqual(['font', 'page-1', 'page-2'])
  await build('font', 'page-3')
  expect(readdirSync(assets).sort()).toEqual(['font', 'page-2', 'page-3'])
})
