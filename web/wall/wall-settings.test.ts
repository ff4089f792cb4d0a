import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DENSITIES, readWallSettings, writeWallSettings } from './wall-settings.ts'

describe('the settings of the wall in an address', () => {
  it('are read as they were written', () => {
    const settings = fc.record({
      label: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      density: fc.constantFrom(...DENSITIES),
      search: fc.string(),
      hasOverlays: fc.boolean(),
      isWarningsOnly: fc.boolean(),
    })
    fc.assert(
      fc.property(settings, (given) => {
        const address = writeWallSettings(given).toString()
        expect(readWallSettings(new URLSearchParams(address))).toEqual(given)
      }),
    )
  })

  it('are nothing when they are the usual ones', () => {
    expect(writeWallSettings(readWallSettings(new URLSearchParams())).toString()).toBe('')
  })

  it('are the usual ones where the address is wrong', () => {
    const settings = readWallSettings(new URLSearchParams('size=huge&overlays=maybe&label='))
    expect(settings).toMatchObject({ density: 'auto', hasOverlays: true, label: undefined })
  })
})
