import { DEFAULT_COLOURING } from '../../src/core/colouring.ts'
import { NO_COUNTERS } from '../../src/core/counters.ts'
import type { PictureWish } from '../../src/core/demand.ts'
import { IMAGES, isImageFrame, shownWidthOf } from '../../src/core/frame.ts'
import type { EncodedImage, Size } from '../../src/core/payload.ts'
import type { Principal } from '../../src/core/principal.ts'
import { RenditionMaker, type RenditionRules } from '../../src/renditions/rendition-maker.ts'
import { FakeScaler } from './fake-scaler.ts'
import { anyone, frameInput, makeHub } from './hub.ts'

/** The stream that is watched where a test does not say. */
export const CAMERA = { label: 'site', key: 'cam' }

/** Small numbers, so that tests reach the limits. */
export const RENDITION_RULES: RenditionRules = {
  rungs: {
    qualities: {
      low: { width: 320, height: 240, maxFps: 10, jpegQuality: 70 },
      medium: { width: 640, height: 480, maxFps: 15, jpegQuality: 80 },
      high: { width: 1280, height: 720, maxFps: 20, jpegQuality: 90 },
    },
    widths: [160, 320, 640, 1280],
    jpegQuality: 80,
    colouring: DEFAULT_COLOURING,
  },
  places: { max: 100, share: 100 },
  values: { max: 1e9, share: 1e9 },
  waiting: { max: 100, share: 100 },
  maxPixels: 25e6,
}

/** A hub with renditions whose scaler is a fake, and a manual clock. */
export function makeRenditions(rules: Partial<RenditionRules> = {}, threads = 1) {
  const { hub, clock } = makeHub({ ringBytes: 1e9 })
  const scaler = new FakeScaler(threads)
  const log: string[] = []
  const note = (_fields: object, message: string) => log.push(message)
  const maker = new RenditionMaker({
    clock,
    log: { error: note, warn: note, info: note },
    counters: NO_COUNTERS,
    scaler,
    rules: { ...RENDITION_RULES, ...rules },
    reroute: (stream) => hub.reroute(stream),
    judge: (stream, found) => hub.judge(stream, found),
  })
  hub.takeRenditionsFrom(maker)
  hub.observe({ changed() {}, forgotten: (stream) => maker.forget(stream) })
  let count = 0
  return {
    hub,
    clock,
    scaler,
    maker,
    /** What was logged. */
    log,
    /** Publishes a frame whose picture has that size. @returns its id */
    publish(size: Size = { width: 1280, height: 720 }, more: Partial<EncodedImage> = {}, stream = CAMERA) {
      const id = `${++count}-0` as const
      const payload: EncodedImage = {
        kind: 'image',
        bytes: new Uint8Array(10),
        mediaType: 'image/jpeg',
        ...size,
        ...more,
      }
      const seen = more.needsTurning ? { width: size.height, height: size.width } : size
      const came = { metadata: { beam: 5 }, pulse: { id: BigInt(count) } }
      const input = { ...frameInput(stream.label, stream.key), ...came, size: seen, payload }
      hub.accept(anyone, input, id, clock.now(), 'test')
      return id
    },
    /** Watches the stream. */
    watch(wish: PictureWish & { maxFps?: number }, principal: Principal = anyone, stream = CAMERA) {
      const viewer = hub.watch(principal, { dialect: 'test', accepts: IMAGES, wake() {} })
      viewer.watch(0, { ...stream, ...wish })
      return {
        viewer,
        change: (next: PictureWish & { maxFps?: number }) => viewer.watch(0, { ...stream, ...next }),
        /** What it gets now: ids and widths of pictures as they are seen. */
        given() {
          const seen: string[] = []
          for (let next = viewer.next(clock.now()); typeof next === 'object'; next = viewer.next(clock.now()))
            if (isImageFrame(next.frame)) seen.push(`${next.frame.id} ${shownWidthOf(next.frame)}`)
          return seen
        },
      }
    },
    /** Finishes the job that has begun first. */
    async finish() {
      await scaler.jobs[0]?.finish()
    },
  }
}

/** Somebody who may view and has a share of their own. */
export function guest(name: string): Principal {
  return {
    ...anyone,
    id: `user:${name}`,
    name,
    grants: [{ actions: ['view'], scope: { kind: 'all' } }],
    ended: new AbortController().signal,
  }
}
