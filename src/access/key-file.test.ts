import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/command.ts'
import { KeyFile } from './key-file.ts'

function makeFile(text?: string) {
  const path = join(temporaryFolder(), 'data', 'cameras.key')
  if (text !== undefined) {
    mkdirSync(join(path, '..'))
    writeFileSync(path, text, { mode: 0o600 })
  }
  return { path, file: new KeyFile(path) }
}

describe('the file of keys', () => {
  it('is made with one key when it is needed, for its owner only, and kept', () => {
    const { path, file } = makeFile()
    expect(file.read()).toEqual([])
    const key = file.readOrMake()
    expect(key).toHaveLength(32)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(file.readOrMake()).toEqual(key)
    expect(new KeyFile(path).read()).toEqual([key])
  })

  it('may hold older keys before the one that is used', () => {
    const [older, newest] = [makeFile(), makeFile()].map(({ path, file }) => {
      file.readOrMake()
      return readFileSync(path, 'utf8')
    })
    const { file } = makeFile(`${older}${newest}`)
    expect(file.read()).toHaveLength(2)
    expect(Buffer.from(file.readOrMake()).toString('base64url')).toBe(newest?.trim())
  })

  it('is refused in words when others may read it, and not changed', () => {
    const { path, file } = makeFile()
    file.readOrMake()
    const before = readFileSync(path, 'utf8')
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(path, mode)
      for (const use of [() => file.read(), () => file.readOrMake()])
        expect(use).toThrow(
          `The key file cameras.key in the data folder may be read by other users of this machine (its mode is 0${mode.toString(8)}): chmod 600 it.`,
        )
    }
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  it.each(['short', 'x'.repeat(44), `${'A'.repeat(43)}\nnot a key`, `{"key":"${'A'.repeat(43)}"}`])(
    'is refused in words when it is damaged, and not changed: %j',
    (text) => {
      const { path, file } = makeFile(text)
      expect(() => file.read()).toThrow('The key file cameras.key in the data folder is damaged')
      expect(() => file.readOrMake()).toThrow('is damaged')
      expect(readFileSync(path, 'utf8')).toBe(text)
    },
  )

  it('is refused in words when it cannot be read or made, without the folder', () => {
    const { path } = makeFile('A')
    expect(() => new KeyFile(join(path, 'cameras.key')).read()).toThrow(
      'The key file cameras.key in the data folder cannot be used (ENOTDIR).',
    )
  })
})
