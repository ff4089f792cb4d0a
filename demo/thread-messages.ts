/*
 * Messages between the server and the demo's worker thread, and their constants. The only file in `demo/` that `src/`
 * imports: it does not load the drawing library.
 */
import type { Annotations } from '../src/core/annotations.ts'
import type { Metadata } from '../src/core/frame.ts'

/** The keys of the demo's streams. */
export const SCENE_KEYS = ['building site', 'front door', 'beam spot'] as const

/** A stream of the demo. */
export type SceneKey = (typeof SCENE_KEYS)[number]

/** Size of every scene in pixels. */
export const WIDTH = 640
export const HEIGHT = 360

/** Frames a second of a scene that is being watched; frame n shows the time n / FPS seconds after the start. */
export const FPS = 10

/** Requests a frame from the worker thread. */
export interface DrawOrder {
  readonly key: SceneKey
  /** The number of the frame, from 0. */
  readonly frame: number
}

/** Settings of the worker thread. */
export interface WorkerSettings {
  /** Chooses the scenes' random events; an integer. */
  readonly seed: number
}

/** The annotations and measurements that a source sends with a picture. */
export interface Measurements {
  readonly annotations: Annotations
  readonly metadata: Metadata
}

/** The messages of the worker thread. */
export type WorkerAnswer =
  | { readonly kind: 'ready' }
  /** This machine cannot draw; the thread ends. */
  | { readonly kind: 'unable'; readonly reason: string }
  | ({ readonly kind: 'drawn'; readonly key: SceneKey; readonly jpeg: Uint8Array<ArrayBuffer> } & Measurements)
