import { expect, it } from 'vitest'
import { COLORMAPS, DEFAULT_COLOURING } from '../../core/colouring.ts'
import { renditionSettings } from './settings.ts'

it('the colours that can be set are those that there are', () => {
  const { colormap } = renditionSettings.properties
  expect(colormap.enum).toEqual(COLORMAPS)
  expect(colormap).toMatchObject({ default: DEFAULT_COLOURING.colormap })
})
