/*
 * A worker thread that makes renditions. Imported anywhere else (the start script imports it to compile it beforehand) it
 * does nothing.
 */
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { ArrayScaler } from './array-scaler.ts'
import { NativeGate, ThreadEnding } from './native-gate.ts'
import { PictureScaler } from './picture-scaler.ts'
import { writeTransferablePiece } from './piece-writer.ts'
import { Resampler } from './resampler.ts'
import { UndecodablePicture } from './scaler.ts'
import type { ScalerAnswer, ScalerOrder, ScalerThreadSettings } from './scaler-messages.ts'

/** After how long without work a thread gives up the memory of its last picture, ms. */
const IDLE_MS = 10_000

if (!isMainThread && parentPort && isSettings(workerData)) work(parentPort, workerData)

function work(port: MessagePort, { maxPixels, gate: memory }: ScalerThreadSettings): void {
  const gate = new NativeGate(memory)
  const resampler = new Resampler()
  const pictures = new PictureScaler(maxPixels, gate, resampler)
  const arrays = new ArrayScaler(maxPixels, gate, resampler)
  const release = () => {
    resampler.release()
    arrays.release()
  }
  const idle = setTimeout(release, IDLE_MS).unref()
  const answer = (message: ScalerAnswer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
  const carryOut = async (order: Exclude<ScalerOrder, { kind: 'end' }>) => {
    const bytes = new Uint8Array(order.memory, 0, order.length)
    if (order.kind === 'write') {
      const written = writeTransferablePiece({ ...order.place, array: { ...order.array, bytes } }, order.format)
      answer({ kind: 'written', bytes: written }, [written.buffer])
      return
    }
    const result =
      order.kind === 'draw'
        ? arrays.draw({ ...order.array, bytes }, order.outputs, order.values)
        : await pictures.scale(bytes, order.mediaType, order.outputs)
    const transfer = [...result.pictures, ...(result.values ?? [])].map((made) => made.bytes.buffer)
    answer({ kind: 'scaled', ...result }, transfer)
  }
  port.on('message', async (order: ScalerOrder) => {
    if (order.kind === 'end') return port.close()
    idle.refresh()
    try {
      await carryOut(order)
    } catch (error) {
      if (error instanceof ThreadEnding) return port.close()
      // Anything else is a fault of ours, and ends the thread.
      if (!(error instanceof UndecodablePicture)) throw error
      answer({ kind: 'undecodable', reason: error.message })
    }
  })
  try {
    // The native modules are loaded.
    gate.leave()
    answer({ kind: 'ready' })
  } catch {
    port.close()
  }
}

function isSettings(data: unknown): data is ScalerThreadSettings {
  return typeof data === 'object' && data !== null && 'gate' in data && data.gate instanceof SharedArrayBuffer
}
