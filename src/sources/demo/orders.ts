import type { Measurements } from './scene.ts'

/** The keys of the demo's streams. */
export const SCENE_KEYS = ['building site', 'front door', 'beam spot'] as const

/** A stream of the demo. */
export type SceneKey = (typeof SCENE_KEYS)[number]

/** Asks the demo's thread for a frame. */
export interface DrawOrder {
  readonly key: SceneKey
  readonly frame: number
}

/** What the demo's thread is started with. */
export interface WorkerSettings {
  readonly seed: number
}

/** What the demo's thread says. */
export type WorkerAnswer =
  | { readonly kind: 'ready' }
  /** It cannot draw on this machine, and has ended. */
  | { readonly kind: 'unable'; readonly reason: string }
  | ({ readonly kind: 'drawn'; readonly key: SceneKey; readonly jpeg: Uint8Array<ArrayBuffer> } & Measurements)
