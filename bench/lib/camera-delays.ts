import { join } from 'node:path'
import { summary } from './ages.ts'
import { SITE } from './cameras.ts'
import { FFMPEG } from './ffmpeg.ts'
import { Program } from './program.ts'
import { CAMERA, NUMBERED_PICTURES } from './rtsp-cameras.ts'
import type { MeasuredServer } from './servers.ts'

/** A picture of a numbered camera, when it was there. */
export interface SeenPicture {
  /** From 0 to NUMBERED_PICTURES - 1, again and again. */
  readonly number: number
  /** ms since 1970. */
  readonly at: number
  /** By the camera's sender reports, if that is known; ms since 1970. */
  readonly capturedAt?: number | undefined
}

/** How long the clip takes, ms: pictures with the same number that are less than half of it apart are the same. */
const CLIP_MS = (NUMBERED_PICTURES * 1000) / CAMERA.fps

/** Notes when a viewer of `/ws/live` has the pictures of "camera-1". */
export function viewPictures({ port }: MeasuredServer, width: number, seconds: number): Promise<SeenPicture[]> {
  return collect(['live', port, SITE, 'camera-1', width], seconds)
}

/** Notes when they come out of an `ffmpeg`. @param args that write JPEGs to its standard output */
export function decodePictures(args: readonly string[], seconds: number): Promise<SeenPicture[]> {
  return collect(['ffmpeg', FFMPEG, ...args], seconds)
}

async function collect(source: readonly (string | number)[], seconds: number): Promise<SeenPicture[]> {
  const path = join(import.meta.dirname, '../programs/camera-pictures.ts')
  const program = new Program(process.execPath, [path, ...[seconds, ...source].map(String)])
  const { pictures } = await program.result<{ pictures: SeenPicture[] }>((seconds + 60) * 1000)
  return pictures
}

/** How much later the pictures were in `late` than in `early`, ms, of those from `settle` ms after both have begun. */
export function delaysOf(late: readonly SeenPicture[], early: readonly SeenPicture[], settle: number): number[] {
  return pairs(late, early, settle).map(([picture, same]) => picture.at - same.at)
}

/** How old pictures were when they were there, ms, by the times of capture that `timed` has of the same pictures. */
export function agesOf(seen: readonly SeenPicture[], timed: readonly SeenPicture[], settle: number): number[] {
  return pairs(seen, timed, settle).flatMap(([{ at }, { capturedAt }]) =>
    capturedAt === undefined ? [] : [at - capturedAt],
  )
}

function pairs(some: readonly SeenPicture[], others: readonly SeenPicture[], settle: number) {
  const from = Math.max(some[0]?.at ?? 0, others[0]?.at ?? 0) + settle
  return some.flatMap((picture) => {
    const same = picture.at < from ? undefined : find(others, picture)
    return same ? [[picture, same] as const] : []
  })
}

function find(pictures: readonly SeenPicture[], { number, at }: SeenPicture): SeenPicture | undefined {
  return pictures.find((other) => other.number === number && Math.abs(other.at - at) < CLIP_MS / 2)
}

/** "p95 95 ms (median 80 ms, at most 120 ms)" */
export function toldDelay(values: readonly number[]): string {
  const { p50, p95, max } = summary(values)
  return `p95 ${p95.toFixed(0)} ms (median ${p50.toFixed(0)} ms, at most ${max.toFixed(0)} ms)`
}
