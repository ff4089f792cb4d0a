import { EVERYTHING, OVERLAY_KINDS, type OverlayChoice } from './choice.ts'

const STORED = 'belvedere.overlays'

/** What the user chose to see over pictures, here, the last time; everything, if nothing. */
export function readOverlayChoice(): OverlayChoice {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? 'null')
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

/** Keeps it for the next time. */
export function storeOverlayChoice(choice: OverlayChoice): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(choice))
  } catch {
    // Where nothing may be stored it holds until the page is left.
  }
}
