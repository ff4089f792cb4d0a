import { useCallback, useMemo } from 'react'
import { EVERYTHING, OVERLAY_KINDS, type OverlayChoice } from '../../client/overlay/overlay-choice.ts'
import { useStore } from '../hooks/use-store.ts'
import { preferenceStores } from '../preferences/preference-stores.ts'

/** A hook: the user's stored overlay choice and its setter. */
export function useOverlayChoice(): [OverlayChoice, (choice: OverlayChoice) => void] {
  const text = useStore(preferenceStores.overlays, (stored) => stored.text)
  const choice = useMemo(() => readOverlayChoice(text), [text])
  const change = useCallback((next: OverlayChoice) => preferenceStores.overlays.set(JSON.stringify(next), 'chosen'), [])
  return [choice, change]
}

/** Parses a stored choice; everything if there is none. */
export function readOverlayChoice(text: string | undefined): OverlayChoice {
  try {
    const stored: unknown = JSON.parse(text ?? 'null')
    if (typeof stored !== 'object' || stored === null) return EVERYTHING
    const { isOn, hiddenKinds, hiddenClasses }: Partial<Record<keyof OverlayChoice, unknown>> = stored
    const texts = (list: unknown) => (Array.isArray(list) ? list.map(String) : [])
    return {
      isOn: isOn !== false,
      hiddenKinds: OVERLAY_KINDS.filter((kind) => texts(hiddenKinds).includes(kind)),
      hiddenClasses: texts(hiddenClasses),
    }
  } catch {
    return EVERYTHING
  }
}
