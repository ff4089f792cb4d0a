import type { EncodeAnswer, EncodeOrder } from './encoder-protocol.ts'
import { isCanvasFalsified } from './falsified-canvas.ts'

/** The worker that encodes JPEGs, off the main thread. */
const canvas = new OffscreenCanvas(1, 1)
const context = canvas.getContext('2d', { alpha: false })
const isFalsified = isCanvasFalsified()

self.onmessage = async ({ data }: MessageEvent<EncodeOrder>) => {
  const answer = await encode(data).catch((error): EncodeAnswer => ({ problem: String(error) }))
  const transfer = 'bytes' in answer ? [answer.bytes] : []
  self.postMessage(answer, { transfer })
}

async function encode({ picture, width, height, quality }: EncodeOrder): Promise<EncodeAnswer> {
  try {
    if (isFalsified) return { isFalsified }
    if (!context) throw new Error('this browser gives workers no canvas')
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    context.imageSmoothingQuality = 'medium'
    context.drawImage(picture, 0, 0, width, height)
  } finally {
    picture.close()
  }
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality })
  return { bytes: await blob.arrayBuffer() }
}
