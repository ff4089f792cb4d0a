/*
 * The thread that draws slates. Imported anywhere else (the start script imports it to compile it beforehand) it does
 * nothing. It ends when it is asked to: a thread that is terminated while it is in the drawing library takes the whole
 * process with it.
 */
import { fileURLToPath } from 'node:url'
import { isMainThread, type MessagePort, parentPort } from 'node:worker_threads'
import type { SKRSContext2D } from '@napi-rs/canvas'
import { messageOf } from '../../core/errors.ts'
import { countScans, MOST_SCANS } from '../../wire/jpeg-scans.ts'
import type { SlateAnswer, SlateOrder, SlateRequest } from './slate-messages.ts'

type Library = typeof import('@napi-rs/canvas')

if (!isMainThread && parentPort) serve(parentPort)

function serve(port: MessagePort): void {
  let library: Promise<Library> | undefined
  port.on('message', async (request: SlateRequest) => {
    if (request.kind === 'end') {
      port.close()
      return
    }
    const answer = (message: SlateAnswer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
    try {
      // Its native module is missing on some platforms.
      library ??= load()
      const jpeg = await draw(await library, request.order)
      answer({ jpeg }, [jpeg.buffer])
    } catch (error) {
      answer({ reason: messageOf(error) })
    }
  })
}

async function load(): Promise<Library> {
  const library = await import('@napi-rs/canvas')
  library.GlobalFonts.registerFromPath(fileURLToPath(new URL('./font/noto-sans-tc-slate.ttf', import.meta.url)), FONT)
  return library
}

async function draw(library: Library, order: SlateOrder): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, text } = order
  const canvas = library.createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillStyle = GROUND
  context.fillRect(0, 0, width, height)
  await drawPicture(library, context, order)
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillStyle = '#fff'
  // Also to be read where a large picture is shown small.
  const size = Math.min(height / 8, Math.max(48, width / 24))
  context.font = `${size}px "${FONT}"`
  const fit = Math.min(1, (width * 0.9) / context.measureText(text).width)
  context.font = `${size * fit}px "${FONT}"`
  context.fillText(text, width / 2, height / 2)
  // The library's buffer cannot be transferred to another thread; a copy can.
  return new Uint8Array(canvas.encodeSync('jpeg', QUALITY))
}

/** The last picture, without its colours and darkened, so that nobody takes it for live. */
async function drawPicture(
  library: Library,
  context: SKRSContext2D,
  { picture, width, height }: SlateOrder,
): Promise<void> {
  if (!picture || countScans(picture, MOST_SCANS + 1) > MOST_SCANS) return
  try {
    const image = await library.loadImage(picture)
    context.drawImage(image, 0, 0, width, height)
  } catch {
    // What cannot be decoded was shown by nobody either.
    return
  }
  context.globalCompositeOperation = 'saturation'
  context.fillStyle = '#808080'
  context.fillRect(0, 0, width, height)
  context.globalCompositeOperation = 'source-over'
  context.fillStyle = 'rgb(0 0 0 / 55%)'
  context.fillRect(0, 0, width, height)
}

const FONT = 'Belvedere slate'
const GROUND = '#1c1f24'
/** JPEG quality, 0 to 100. */
const QUALITY = 80
