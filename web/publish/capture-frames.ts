/** A captured picture. The receiver must close it. */
export interface Shot {
  readonly picture: VideoFrame | ImageBitmap
  /** ms since 1970. */
  readonly capturedAt: number
}

/** Receives captured pictures. */
export interface Taker {
  /** Whether to capture the current picture; called for each picture of the camera. */
  wants(): boolean
  take(shot: Shot): void
}

/**
 * Captures pictures from a camera, with the best API that the browser has.
 * @param video an element that plays the camera
 * @param track the camera's video track
 * @returns a function that stops it
 */
export function captureFrames(video: HTMLVideoElement, track: MediaStreamTrack, taker: Taker): () => void {
  const Processor = trackProcessor()
  if (Processor) return captureTrack(new Processor({ track, maxBufferSize: 1 }), taker)
  if ('requestVideoFrameCallback' in video) return captureShown(video, taker)
  return captureTimed(video, taker)
}

/** MediaStreamTrackProcessor: every picture, also while the page is hidden (Chromium). */
function captureTrack({ readable }: TrackProcessor, taker: Taker): () => void {
  const reader = readable.getReader()
  const read = async () => {
    for (;;) {
      const { done, value: picture } = await reader.read()
      if (done) return
      if (taker.wants()) taker.take({ picture, capturedAt: Date.now() })
      else picture.close()
    }
  }
  const stop = () => void reader.cancel().catch(() => {})
  read().catch(stop)
  return stop
}

/** requestVideoFrameCallback: every picture that is presented; while the page is hidden none, or one a second (Firefox). */
function captureShown(video: HTMLVideoElement, taker: Taker): () => void {
  let isOver = false
  let id = 0
  const next = () => {
    id = video.requestVideoFrameCallback((now, { captureTime }) => {
      if (isOver) return
      next()
      if (taker.wants()) shoot(video, taker, Date.now() - ageOf(captureTime, now), () => isOver)
    })
  }
  next()
  return () => {
    isOver = true
    video.cancelVideoFrameCallback(id)
  }
}

/** requestAnimationFrame: the displayed picture, at the screen's refresh rate. */
function captureTimed(video: HTMLVideoElement, taker: Taker): () => void {
  let isOver = false
  const timer = setInterval(() => {
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && taker.wants())
      shoot(video, taker, Date.now(), () => isOver)
  }, 1000 / 60)
  return () => {
    isOver = true
    clearInterval(timer)
  }
}

function shoot(video: HTMLVideoElement, taker: Taker, capturedAt: number, isOver: () => boolean): void {
  createImageBitmap(video).then(
    (picture) => (isOver() ? picture.close() : taker.take({ picture, capturedAt })),
    // The video has no picture at this moment; the next one will do.
    () => {},
  )
}

/** The age of a picture in ms; both times are by the page's monotonic clock. */
function ageOf(captureTime: number | undefined, now: number): number {
  const age = captureTime === undefined ? 0 : now - captureTime
  return age >= 0 && age < 1000 ? age : 0
}

/** W3C MediaStreamTrack Insertable Media Processing; not in TypeScript's DOM types yet. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>
}

type TrackProcessorConstructor = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor

function trackProcessor(): TrackProcessorConstructor | undefined {
  if (!('MediaStreamTrackProcessor' in window)) return undefined
  return window.MediaStreamTrackProcessor as TrackProcessorConstructor
}
