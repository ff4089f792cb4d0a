import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { renderMarkdown, renderYaml, WRITE_DOCUMENT } from './document.ts'
import { loadConfig } from './load-config.ts'

it('docs/configuration.md is what the schema says', () => {
  const path = join(import.meta.dirname, '../../docs/configuration.md')
  expect(readFileSync(path, 'utf8'), `out of date; run: ${WRITE_DOCUMENT}`).toBe(renderMarkdown())
})

it('the commented file changes nothing, and with the comment signs taken away it holds the defaults', () => {
  const root = mkdtempSync(join(tmpdir(), 'belvedere-config-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const load = (file: string) => {
    writeFileSync(join(root, 'belvedere.yaml'), file)
    return loadConfig({ argv: [], env: {}, cwd: root, root })
  }
  const commented = renderYaml()
  const whole = commented
    .replace(/^( *)#(\w+: )/gm, '$1$2')
    .replace('publish_key: ""', 'publish_key: 0123456789abcdef')
    // Settings without a default.
    .replace(/^ *\w+: ""\n/gm, '')
  const defaults = load('')
  expect(load(commented)).toEqual(defaults)
  expect(whole).toContain('\n  body_bytes: 10000000\n')
  expect(load(whole)).toEqual({ ...defaults, publish_key: '0123456789abcdef' })
})
