import { useCallback, useMemo } from 'react'
import { useStore } from '../hooks/use-store.ts'
import { preferenceStores } from '../preferences/preference-stores.ts'
import { EVERYTHING, OVERLAY_KINDS, type OverlayChoice } from './overlay-choice.ts'

/** What the user chose to see over pictures, kept up to date, and what keeps another choice for the next time. */
export function useOverlayChoice(): [OverlayChoice, (choice: OverlayChoice) => void] {
  const text = useStore(preferenceStores.overlays, (stored) => stored.text)
  const choice = useMemo(() => readOverlayChoice(text), [text])
  const change = useCallback((next: OverlayChoice) => preferenceStores.overlays.set(JSON.stringify(next), 'chosen'), [])
  return [choice, change]
}

/** The choice in a text that the browser remembers; everything, if there is none. */
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
