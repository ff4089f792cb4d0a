import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isJsonObject } from '../../src/wire/json.ts'
import { adminHeaders, post } from './accounts.ts'
import { FFMPEG } from './ffmpeg.ts'
import { type MeasuredServer, type ServerOptions, startBelvedere } from './servers.ts'
import type { Workshop } from './workshop.ts'

/** The site of all cameras. */
export const SITE = 'bench'

/** How long cameras may take for what is waited for, ms. */
const PATIENCE_MS = 30_000

/** Starts a server that pulls cameras: "camera-1", "camera-2" … of SITE. */
export function startWithCameras(
  workshop: Workshop,
  {
    urls,
    runs,
    ...options
  }: ServerOptions & { readonly urls: readonly string[]; readonly runs: 'on-demand' | 'always' },
): Promise<MeasuredServer> {
  const sources = urls.map((url, i) => ({ url, site: SITE, name: `camera-${i + 1}`, runs, transport: 'tcp' }))
  const flags = ['--cameras.sources', JSON.stringify(sources), '--cameras.ffmpeg', FFMPEG, ...(options.flags ?? [])]
  return startBelvedere(workshop, { ...options, flags })
}

/** Adds cameras to a running server that are always pulled. */
export async function addCameras(server: MeasuredServer, urls: readonly string[]): Promise<void> {
  const headers = await adminHeaders(server)
  for (const url of urls) {
    const camera = { url, label: SITE, key: `added-${randomUUID()}`, runs: 'always', transport: 'tcp' }
    await post(server, '/cameras', camera, headers)
  }
}

/** Waits until `GET /cameras` says this of all cameras. @param wanted its fields */
export async function untilCameras(
  { port }: MeasuredServer,
  wanted: { readonly state?: 'idle' | 'live'; readonly is_decoding?: boolean },
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  let cameras: unknown[] = []
  while (performance.now() < deadline) {
    const answer: unknown = await (await fetch(`http://127.0.0.1:${port}/cameras`)).json()
    cameras = isJsonObject(answer) && Array.isArray(answer.cameras) ? answer.cameras : []
    const isSo = (camera: unknown) =>
      isJsonObject(camera) && Object.entries(wanted).every(([field, value]) => camera[field] === value)
    if (cameras.length > 0 && cameras.every(isSo)) return
    await sleep(20)
  }
  throw new Error(`not all cameras are ${JSON.stringify(wanted)}: ${JSON.stringify(cameras)}`)
}
