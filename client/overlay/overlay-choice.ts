/** The user's choice of what is drawn over pictures. */
export interface OverlayChoice {
  readonly isOn: boolean
  readonly hiddenKinds: readonly OverlayKind[]
  /** Class names as `shapesOf` gives them. */
  readonly hiddenClasses: readonly string[]
}

/** A kind of overlay. */
export type OverlayKind = (typeof OVERLAY_KINDS)[number]

/** `boxes`: detected objects; `cones`, `poles`: polygons around cones and utility poles; `warnings`: their texts. */
export const OVERLAY_KINDS = ['boxes', 'cones', 'poles', 'warnings'] as const

/** Everything is drawn. */
export const EVERYTHING: OverlayChoice = { isOn: true, hiddenKinds: [], hiddenClasses: [] }

/** Nothing is drawn. */
export const NOTHING: OverlayChoice = { isOn: false, hiddenKinds: [], hiddenClasses: [] }
