import type { Page, Worker } from 'playwright-core'
import { until } from './until.ts'

/** What a page's worker has asked for and has got. */
export interface WorkerPictures {
  /** The watches that were asked for: the stream's key and the width, in order. */
  readonly asked: readonly { readonly key: string; readonly width: number | undefined }[]
  /** The width of each picture that was decoded, in order. */
  readonly widths: readonly number[]
}

/** Records from now on what the page's worker asks for and decodes. @returns a function that tells it so far */
export async function recordWorkerPictures(page: Page): Promise<() => Promise<WorkerPictures>> {
  await until(() => page.workers().length > 0, 'a worker')
  const [worker] = page.workers()
  if (!worker) throw new Error('there is no worker')
  await record(worker)
  return () => worker.evaluate(() => Reflect.get(globalThis, 'recorded'))
}

function record(worker: Worker): Promise<void> {
  return worker.evaluate(() => {
    const asked: { key: string; width: number | undefined }[] = []
    const widths: number[] = []
    const send = WebSocket.prototype.send
    WebSocket.prototype.send = function (data) {
      const message = typeof data === 'string' ? JSON.parse(data) : {}
      if (message.type === 'watch' && message.key !== undefined) asked.push({ key: message.key, width: message.width })
      send.call(this, data)
    }
    const decode = createImageBitmap
    const decodeAndRecord = async (blob: Blob) => {
      const bitmap = await decode(blob)
      widths.push(bitmap.width)
      return bitmap
    }
    Object.assign(globalThis, { recorded: { asked, widths }, createImageBitmap: decodeAndRecord })
  })
}
