/*
 * The demo's worker thread: draws the requested frames. Imported anywhere else (the start script imports it to compile
 * it beforehand) it does nothing.
 */
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Scene } from './scene.ts'
import { SCENES } from './scenes.ts'
import {
  type DrawOrder,
  HEIGHT,
  type SceneKey,
  WIDTH,
  type WorkerAnswer,
  type WorkerSettings,
} from './thread-messages.ts'

/** JPEG quality, 0 to 100. */
const QUALITY = 72

if (!isMainThread && parentPort && isSettings(workerData)) await work(parentPort, workerData)

async function work(port: MessagePort, { seed }: WorkerSettings): Promise<void> {
  const answer = (message: WorkerAnswer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
  let library: typeof import('@napi-rs/canvas')
  try {
    // Its native module is missing on some platforms, which must not prevent the server from starting.
    library = await import('@napi-rs/canvas')
  } catch (error) {
    answer({ kind: 'unable', reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) })
    return
  }
  const canvas = library.createCanvas(WIDTH, HEIGHT)
  const context = canvas.getContext('2d')
  const scenes = new Map<SceneKey, Scene>()
  port.on('message', ({ key, frame }: DrawOrder) => {
    const scene = scenes.get(key) ?? SCENES[key](seed, library.createCanvas)
    scenes.set(key, scene)
    scene.paint(context, frame)
    // The library's buffer cannot be transferred to another thread; a copy can.
    const jpeg = new Uint8Array(canvas.encodeSync('jpeg', QUALITY))
    answer({ kind: 'drawn', key, jpeg, ...scene.measure(frame) }, [jpeg.buffer])
  })
  answer({ kind: 'ready' })
}

function isSettings(data: unknown): data is WorkerSettings {
  return typeof data === 'object' && data !== null && 'seed' in data && typeof data.seed === 'number'
}
