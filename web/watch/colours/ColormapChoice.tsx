import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { COLORMAPS, type Colormap } from '../../../src/core/colouring.ts'
import classes from './ColormapChoice.module.css'
import { ColourBar } from './ColourBar.tsx'

/** The colour maps, each shown as it is. */
export function ColormapChoice({ value, onChange }: { value: Colormap; onChange: (colormap: Colormap) => void }) {
  const { t } = useTranslation('colours')
  const name = useId()
  return (
    <fieldset className={classes.maps}>
      <legend className={classes.legend}>{t('colormap')}</legend>
      {COLORMAPS.map((colormap) => (
        <label key={colormap} className={classes.map}>
          <input
            type="radio"
            name={name}
            className={classes.radio}
            checked={colormap === value}
            onChange={() => onChange(colormap)}
          />
          <ColourBar colormap={colormap} className={classes.swatch} />
          {colormap}
        </label>
      ))}
    </fieldset>
  )
}
