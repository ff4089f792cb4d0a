import { LiveClient, type LiveFrame } from '../../client/index.ts'
import { EVERYTHING, type OverlayChoice } from '../../client/overlay/overlay-choice.ts'
import { PictureCanvas } from '../../client/view/picture-canvas.ts'
import { ShownInterval } from '../../client/view/shown-interval.ts'
import { uprightBitmap } from '../../client/view/upright-bitmap.ts'
import { type ClassNames, classNamesOf } from '../../src/core/class-names.ts'
import { STAGE_COLOUR } from '../../src/core/stage-colour.ts'
import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { readWarnings } from '../../src/wire/warnings.ts'
import { type Measurement, measurementsOf } from './measurements.ts'
import { OrderedResults } from './ordered-results.ts'
import { ViewWatch } from './view-watch.ts'
import type { FromWorker, Picture, ShownPicture, ToWorker, ViewDemand } from './worker-protocol.ts'

/** The page's web worker: holds the connection, decodes all pictures and draws the tiles. */

/** A tile or large view, and its watch. */
interface WorkerSubscription {
  readonly stream: StreamName
  readonly tile: PictureCanvas | undefined
  readonly watch: ViewWatch
  demand: ViewDemand | undefined
}

let client: LiveClient | undefined
let isVisible = true
let isComplete = false
let overlays: OverlayChoice = EVERYTHING
let classNames: readonly ClassNames[] = []
const subscriptions = new Map<number, WorkerSubscription>()

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'open':
      client = open(data.url, data.token)
      break
    case 'tile':
      addTile(data.id, data.stream, pictureCanvas(data.canvas))
      break
    case 'follow':
      addFollower(data.id, data.stream)
      break
    case 'demand':
      setDemand(data.id, data.demand)
      break
    case 'close':
      setDemand(data.id, undefined)
      subscriptions.delete(data.id)
      shown.delete(data.id)
      break
    case 'drawn':
      waiting.get(data.n)?.()
      waiting.delete(data.n)
      break
    case 'overlays':
      overlays = data.choice
      classNames = data.classNames
      for (const each of subscriptions.values()) updateOverlay(each)
      break
    case 'visible':
      isVisible = data.isVisible
      for (const each of subscriptions.values()) updateWatch(each)
      break
    case 'retry':
      if (client?.state === 'disconnected') client.connect()
      else client?.retry()
      break
  }
})

function open(url: string, token: string | undefined): LiveClient {
  const client = new LiveClient(url, { token })
  for (const state of ['connecting', 'connected', 'disconnected'] as const)
    client.on(state, (event) => {
      const { code, reason } = { code: 0, reason: '', ...event }
      if (state === 'disconnected') forget()
      tell({ type: 'connection', connection: { state, code, reason } })
    })
  client.on('stream', isThere)
  client.on('left', hasLeft)
  client.on('clock', ({ offset }) => tell({ type: 'clock', offset }))
  client.on('error', ({ code, message, watch }) => {
    // Not reported: a stream without permission looks like one that does not exist, and the page says so already.
    if (code === 'forbidden' && watch !== everything) return
    tell({ type: 'trouble', message })
  })
  client.on('watching', ({ watch }) => {
    if (watch !== everything) return
    isComplete = true
    tellStreams()
  })
  const everything = client.watch({ maxFps: 0 })
  return client
}

function newSubscription(
  stream: StreamName,
  tile: PictureCanvas | undefined,
  onFrame: (frame: LiveFrame) => Promise<void>,
): WorkerSubscription {
  const watch: ViewWatch = new ViewWatch((limits) =>
    client?.watch({
      ...stream,
      ...limits,
      onFrame: (frame) => {
        watch.picture = frame
        return onFrame(frame)
      },
    }),
  )
  return { stream, tile, watch, demand: undefined }
}

function addTile(id: number, stream: StreamName, tile: PictureCanvas): void {
  const interval = new ShownInterval()
  const added = newSubscription(stream, tile, async (frame) => {
    const isShown = await tile.show(frame).catch(() => undefined)
    if (isShown === undefined) tell({ type: 'undecodable', id, receivedAt: frame.receivedAt })
    if (!isShown) return
    const { receivedAt, takenAt, width, height, annotations, pulse, metadata } = frame
    interval.took(frame)
    const measurements = pulse ? measurementsOf(metadata) : NONE
    const warnings = readWarnings(annotations?.warnings)
    shown.set(id, { id, receivedAt, takenAt, interval: interval.value, width, height, warnings, measurements })
    tellShown()
  })
  subscriptions.set(id, added)
  updateOverlay(added)
}

const NONE: readonly Measurement[] = []

function pictureCanvas(canvas: OffscreenCanvas): PictureCanvas {
  const context = canvas.getContext('2d', { alpha: false })
  if (!context) throw new Error('this browser draws on no canvas in a worker')
  return new PictureCanvas(context)
}

/** Sets what a tile draws over its pictures. */
function updateOverlay({ tile, stream }: WorkerSubscription): void {
  if (!tile) return
  const named = classNamesOf(stream.label, classNames)
  tile.look = { choice: overlays, classNames: named, labels: 'none', fit: 'contain', ground: STAGE_COLOUR }
}

function setDemand(id: number, demand: ViewDemand | undefined): void {
  const target = subscriptions.get(id)
  if (!target) return
  target.demand = demand
  if (demand) target.tile?.resize(demand)
  else target.tile?.rest()
  updateWatch(target)
}

/** Sets the demand of the watch; none while the page is not visible. */
function updateWatch({ watch, demand }: WorkerSubscription): void {
  watch.demand = isVisible ? demand : undefined
}

/** Pictures passed to the page and not drawn yet. */
const waiting = new Map<number, () => void>()
let lastN = 0

/** Several pictures are decoded at a time; the page gets them in the order in which they came. */
function addFollower(id: number, stream: StreamName): void {
  const decoded = new OrderedResults()
  const follower = newSubscription(stream, undefined, (frame) => {
    const { blob, orientation } = frame
    return handOver(id, frame, { blob, orientation }, decoded.add(uprightBitmap(blob, orientation)))
  })
  subscriptions.set(id, follower)
}

async function handOver(
  id: number,
  frame: LiveFrame,
  { blob, orientation }: Pick<Picture, 'blob' | 'orientation'>,
  decoded: Promise<ImageBitmap>,
): Promise<void> {
  const bitmap = await decoded.catch(() => undefined)
  if (!bitmap) {
    tell({ type: 'undecodable', id, receivedAt: frame.receivedAt })
    return
  }
  if (!subscriptions.has(id)) {
    bitmap.close()
    return
  }
  const n = ++lastN
  const {
    stream,
    sequence,
    receivedAt,
    capturedAt,
    takenAt,
    pulse,
    width,
    height,
    colouring,
    annotations,
    metadata,
    skipped,
  } = frame
  const facts = {
    stream,
    frameId: frame.id,
    sequence,
    receivedAt,
    capturedAt,
    takenAt,
    pulse,
    width,
    height,
    colouring,
    skipped,
  }
  const encoded = { blob, orientation, blobSize: { width: bitmap.width, height: bitmap.height }, isOriginal: false }
  const picture = { n, ...facts, ...encoded, annotations, metadata }
  await new Promise<void>((resolve) => {
    waiting.set(n, resolve)
    tell({ type: 'picture', id, picture, bitmap }, [bitmap])
  })
}

const shown = new Map<number, ShownPicture>()
/**
 * Reports without delay, so that a tile's age matches its picture; pictures drawn in the same task share one message.
 */
const tellShown = batched(0, () => {
  tell({ type: 'shown', tiles: [...shown.values()] })
  shown.clear()
})

const there = new Map<string, LiveStream>()
const left = new Map<string, StreamName>()
/** Stream changes come in bursts, at the start by the thousand: one message per burst. */
const tellStreams = batched(0, () => {
  tell({ type: 'streams', there: [...there.values()], left: [...left.values()], isComplete })
  there.clear()
  left.clear()
})

function isThere(stream: LiveStream): void {
  there.set(streamId(stream), stream)
  left.delete(streamId(stream))
  tellStreams()
}

function hasLeft(stream: StreamName): void {
  left.set(streamId(stream), stream)
  there.delete(streamId(stream))
  tellStreams()
}

/** After a refusal: forgets all streams. */
function forget(): void {
  isComplete = false
  there.clear()
  left.clear()
}

/** Coalesces calls. @returns a function after whose first call `send` is called once, `ms` later */
function batched(ms: number, send: () => void): () => void {
  let isDue = false
  const run = () => {
    isDue = false
    send()
  }
  return () => {
    if (!isDue) setTimeout(run, ms)
    isDue = true
  }
}

function tell(message: FromWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer })
}
