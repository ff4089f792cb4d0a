/*
 * What the demo's thread is asked and what it answers, and what the numbers in that mean. The only file here that `src/`
 * imports: it loads no drawing.
 */
import type { Annotations } from '../src/core/annotations.ts'
import type { Metadata } from '../src/core/frame.ts'

/** The keys of the demo's streams. */
export const SCENE_KEYS = ['building site', 'front door', 'beam spot'] as const

/** A stream of the demo. */
export type SceneKey = (typeof SCENE_KEYS)[number]

/** Pixels across and down of every scene. */
export const WIDTH = 640
export const HEIGHT = 360

/** Frames a second of a scene that is watched; frame n shows what is n / FPS seconds after the beginning. */
export const FPS = 10

/** Asks the demo's thread for a frame. */
export interface DrawOrder {
  readonly key: SceneKey
  readonly frame: number
}

/** What the demo's thread is started with. */
export interface WorkerSettings {
  readonly seed: number
}

/** What a source tells with a picture. */
export interface Measurements {
  readonly annotations: Annotations
  readonly metadata: Metadata
}

/** What the demo's thread says. */
export type WorkerAnswer =
  | { readonly kind: 'ready' }
  /** It cannot draw on this machine, and has ended. */
  | { readonly kind: 'unable'; readonly reason: string }
  | ({ readonly kind: 'drawn'; readonly key: SceneKey; readonly jpeg: Uint8Array<ArrayBuffer> } & Measurements)
