import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/command.ts'
import { jpeg } from '../../test/support/pictures.ts'
import { readPictures } from './picture-files.ts'

it('what is no picture in a folder is left out with a sentence, and the rest is read', () => {
  const cwd = temporaryFolder()
  mkdirSync(join(cwd, 'd/x.jpg'), { recursive: true })
  symlinkSync('/none', join(cwd, 'd/y.jpg'))
  expect(() => readPictures(['d'], cwd)).toThrow(
    /^d\/x.jpg is a folder, not a picture.\nd\/y.jpg does not exist.\nd has no/,
  )
  writeFileSync(join(cwd, 'd/z.jpg'), jpeg(8, 8))
  const { pictures, leftOut } = readPictures(['d'], cwd)
  expect(pictures.map(({ path }) => path)).toEqual(['d/z.jpg'])
  expect(leftOut).toEqual(['d/x.jpg is a folder, not a picture.', 'd/y.jpg does not exist.'])
  for (const named of ['d/y.jpg', 'nothing'])
    expect(() => readPictures([named], cwd)).toThrow(`${named} does not exist.`)
})

it('what is beside a picture is passed on to the digit', () => {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'a.jpg'), jpeg(8, 8))
  const warnings = '{"warning_no_hardhat": {"count": 1.0}}'
  const more = '"pulse_id" : 1610521604143693812, "x":1e400, "y": NaN'
  writeFileSync(
    join(cwd, 'a.json'),
    `{ "warnings": ${warnings}, "detection_items_json": "[[1.0]]", "width": 8, ${more} }`,
  )
  expect(readPictures(['a.jpg'], cwd).pictures[0]?.fields).toEqual({
    warnings_json: warnings,
    detection_items_json: '[[1.0]]',
    width: 8,
    metadata_json: '{"pulse_id":1610521604143693812,"x":1e400,"y":NaN}',
  })
})
