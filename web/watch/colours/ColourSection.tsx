import { Button } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { PanelSection } from '../PanelSection.tsx'
import { useStoredFlag } from '../use-stored-flag.ts'
import { ColourControls, type ColourProps } from './ColourControls.tsx'
import classes from './ColourSection.module.css'
import { Legend } from './Legend.tsx'

/** The props of the section. */
export interface ColourSectionProps extends ColourProps {
  /** Of the values, if it is known. */
  readonly unit?: string | undefined
}

/** How the values of the picture are drawn: the legend, and on demand the controls that change it. */
export function ColourSection({ unit, ...props }: ColourSectionProps) {
  const { t } = useTranslation('colours')
  const [isOpen, setOpen] = useStoredFlag('belvedere.colour-controls', false)
  const id = useId()
  return (
    <PanelSection
      title={t('title')}
      end={
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={classes.toggle}
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? t('done') : t('change')}
        </Button>
      }
    >
      <Legend colouring={props.colouring} unit={unit} />
      {isOpen && (
        <div id={id}>
          <ColourControls {...props} />
        </div>
      )}
    </PanelSection>
  )
}
