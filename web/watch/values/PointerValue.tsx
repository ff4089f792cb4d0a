import { type RefObject, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { numberText } from '../../live/number-text.ts'
import type { Picture } from '../../live/worker-protocol.ts'
import { NONE } from '../Facts.tsx'
import type { Player } from '../player.ts'
import classes from './PointerValue.module.css'
import { PointerReading, type Reading } from './pointer-reading.ts'
import { loadValues, type PulseValues } from './pulse-values.ts'

/** The props of the value. */
export interface PointerValueProps {
  /** What the picture is drawn in. */
  readonly frame: RefObject<HTMLElement | null>
  readonly player: Player
  /** Of the values, if it is known. */
  readonly unit: string | undefined
}

/** The measured value under the pointer, of a picture of an array; nothing while the pointer is elsewhere. */
export function PointerValue({ frame, player, unit }: PointerValueProps) {
  const { t } = useTranslation('watch')
  const [reading, setReading] = useState<Reading>()
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    const pointer = new PointerReading({
      shown: () => player.shown?.picture,
      load: (picture, signal) => load(player, picture, signal),
      onReading: setReading,
    })
    const move = ({ clientX, clientY }: PointerEvent) => {
      const picture = player.shown?.picture
      if (!picture?.colouring) return
      const { left, top, width, height } = element.getBoundingClientRect()
      const x = Math.floor(((clientX - left) / width) * picture.width)
      const y = Math.floor(((clientY - top) / height) * picture.height)
      if (x >= 0 && x < picture.width && y >= 0 && y < picture.height) pointer.moveTo(x, y)
    }
    const leave = () => pointer.leave()
    // A finger that is laid on the picture has not moved.
    element.addEventListener('pointerdown', move)
    element.addEventListener('pointermove', move)
    element.addEventListener('pointerleave', leave)
    return () => {
      element.removeEventListener('pointerdown', move)
      element.removeEventListener('pointermove', move)
      element.removeEventListener('pointerleave', leave)
      pointer.leave()
    }
  }, [frame, player])
  if (!reading) return null
  const { x, y, value, pulseId } = reading
  return (
    <span className={classes.reading} data-testid="pointer-value">
      <span className={classes.value}>
        {textOf(value)}
        {unit && value !== undefined && ` ${unit}`}
      </span>
      <span className={classes.place}>{t('pixel', { x, y })}</span>
      {pulseId !== undefined && <span className={classes.place}>{t('ofPulse', { pulseId })}</span>}
    </span>
  )
}

/** The values of the displayed picture; while it is not frozen those of a pulse after it will do. */
async function load(player: Player, picture: Picture, signal: AbortSignal): Promise<PulseValues | undefined> {
  const { isFrozen } = player.state
  const values = await loadValues(picture, isFrozen ? SHORT_WAIT_MS : WAIT_MS, signal)
  return isFrozen && values?.pulseId !== picture.pulse?.id ? undefined : values
}

/** How long to wait for a pulse, ms. */
const WAIT_MS = 500
/** No pulse is likely to come within it. */
const SHORT_WAIT_MS = 1

function textOf(value: Reading['value']): string {
  if (value === undefined) return NONE
  return typeof value === 'bigint' ? String(value) : numberText(value)
}
