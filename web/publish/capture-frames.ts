/** A picture of the camera. Whoever takes it closes it. */
export interface Shot {
  readonly picture: VideoFrame | ImageBitmap
  /** ms since 1970. */
  readonly capturedAt: number
}

/** Takes pictures of a camera. */
export interface Taker {
  /** Whether to take the picture of this moment; asked for each that the camera makes. */
  wants(): boolean
  take(shot: Shot): void
}

/**
 * Takes pictures from a camera, in the best way that the browser has.
 * @param video shows the camera
 * @param track what it shows
 * @returns what ends it
 */
export function captureFrames(video: HTMLVideoElement, track: MediaStreamTrack, taker: Taker): () => void {
  const Processor = trackProcessor()
  if (Processor) return captureTrack(new Processor({ track, maxBufferSize: 1 }), taker)
  if ('requestVideoFrameCallback' in video) return captureShown(video, taker)
  return captureTimed(video, taker)
}

/** Every picture of the camera, also while nobody sees the page (Chromium). */
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

/** Every picture that is shown: none while the page is hidden. */
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

/** Whatever is shown, at the pace of the screen. */
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
    // The video shows nothing at this moment; the next picture will do.
    () => {},
  )
}

/** How long ago a picture was taken, in ms; both times by the page's own clock. */
function ageOf(captureTime: number | undefined, now: number): number {
  const age = captureTime === undefined ? 0 : now - captureTime
  return age >= 0 && age < 1000 ? age : 0
}

/** W3C MediaStreamTrack Insertable Media Processing; in no browser's types yet. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>
}

type TrackProcessorConstructor = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor

function trackProcessor(): TrackProcessorConstructor | undefined {
  if (!('MediaStreamTrackProcessor' in window)) return undefined
  return window.MediaStreamTrackProcessor as TrackProcessorConstructor
}
