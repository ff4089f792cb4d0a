import { expect, it } from 'vitest'
import { streamNamed } from './stream-named.ts'

it('a setting names a stream that can be, or none', () => {
  expect(streamNamed('streaming.camera', 'site/door/1')).toEqual({ label: 'site', key: 'door/1' })
  expect(streamNamed('streaming.camera', undefined)).toBeUndefined()
  expect(() => streamNamed('streaming.camera', 'site/..')).toThrow('streaming.camera: key: must not be ".."')
  expect(() => streamNamed('streaming.camera', '\u200b/door')).toThrow(/^streaming.camera: label: must not consist/)
})
