/** What is drawn over a picture: kinds and classes that the user does not want to see are left out. */
export interface OverlayChoice {
  readonly isOn: boolean
  readonly hiddenKinds: readonly OverlayKind[]
  /** Class names as `shapesOf` gives them. */
  readonly hiddenClasses: readonly string[]
}

/** What a shape is for. */
export type OverlayKind = (typeof OVERLAY_KINDS)[number]

/** `boxes`: what was detected; `cones`, `poles`: areas around cones and utility poles; `warnings`: their words. */
export const OVERLAY_KINDS = ['boxes', 'cones', 'poles', 'warnings'] as const

/** All of it. */
export const EVERYTHING: OverlayChoice = { isOn: true, hiddenKinds: [], hiddenClasses: [] }
