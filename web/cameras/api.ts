import { CAMERA_RUNS, type CameraOrigin, type CameraRuns, type CameraSettings } from '../../src/core/camera.ts'
import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import { VIDEO_CODECS, type VideoCodec } from '../../src/core/video.ts'
import { type Fields, fieldsIn, listIn, numberIn, oneIn, textIn } from '../access/json-fields.ts'
import { request } from '../admin/admin-request.ts'
import { type CameraStatus, cameraStatusOf } from './camera-status.ts'

/** A camera that the server knows. */
export interface ListedCamera extends CameraStatus, StreamName {
  readonly origin: CameraOrigin
  readonly runs: CameraRuns
  /** Whether it is the one that counts for its stream: there may be one of each origin. */
  readonly counts: boolean
  /** Its settings; undefined for who may not edit it. */
  readonly settings: ShownSettings | undefined
}

/** The settings of a camera, as the server shows them. */
export interface ShownSettings extends Pick<CameraSettings, 'url' | 'certificate' | 'transport'> {
  /** Empty if there is none. */
  readonly user: string
  /** Whether a password is stored, which is never shown. */
  readonly hasPassword: boolean
}

/** All cameras at one moment. */
export interface CameraReading {
  readonly cameras: readonly ListedCamera[]
  /** What is wrong with FFmpeg, as a sentence; undefined if nothing is. */
  readonly ffmpegProblem: string | undefined
  /** Whether cameras on private addresses are refused. */
  readonly isPrivateRefused: boolean
  /** Monotonic, ms. */
  readonly at: number
}

/** The fields of a camera that can be set. */
export interface CameraFields {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly label: string
  readonly key: string
  readonly runs: CameraRuns
  readonly certificate: CameraSettings['certificate']
  readonly transport: CameraSettings['transport']
}

/** What a test of a camera has shown. */
export interface CameraTest {
  /** A `data:` URL. */
  readonly picture: string
  /** Of the camera's pictures, pixels. */
  readonly width: number
  readonly height: number
  readonly codec: VideoCodec | undefined
  readonly tookMs: number
}

/** What a configuration of another program contains. */
export interface ImportReading {
  readonly format: 'go2rtc' | 'frigate'
  readonly entries: readonly ImportEntry[]
}

/** One camera of it. */
export interface ImportEntry extends StreamName {
  /** Its name there. */
  readonly name: string
  /** Masked. */
  readonly url: string
  readonly canAdd: boolean
  /** Why not, or why it could not be added, as a sentence. */
  readonly reason: string
  /** Whether it was added by this request. */
  readonly isAdded: boolean
}

/** Loads all cameras. @throws HttpProblem */
export async function loadCameras(signal: AbortSignal): Promise<CameraReading> {
  const answer = await request('GET', '/cameras', undefined, signal)
  return {
    cameras: camerasOf(listIn(answer, 'cameras')),
    ffmpegProblem: textIn(fieldsIn(answer.ffmpeg), 'problem') || undefined,
    isPrivateRefused: fieldsIn(answer.addresses).private === 'refuse',
    at: performance.now(),
  }
}

/** @throws HttpProblem */
export async function addCamera(fields: Partial<CameraFields>): Promise<void> {
  await request('POST', '/cameras', fields)
}

/** Changes the fields that are given. @throws HttpProblem */
export async function changeCamera(camera: StreamName, fields: Partial<CameraFields>): Promise<void> {
  await request('PATCH', pathOf(camera), fields)
}

/** @throws HttpProblem */
export async function removeCamera(camera: StreamName): Promise<void> {
  await request('DELETE', pathOf(camera))
}

/** Has it tried again now, also where the server had given up. @throws HttpProblem */
export async function retryCamera(camera: StreamName): Promise<void> {
  await request('POST', `${pathOf(camera)}/retry`)
}

/**
 * Gets one picture from a camera; nothing is saved.
 * @param fields of a known camera its label and key, and what is changed
 * @throws HttpProblem with a `problem` among its fields when the camera fails
 */
export async function testCamera(fields: Partial<CameraFields>, signal: AbortSignal): Promise<CameraTest> {
  const answer = await request('POST', '/cameras/test', fields, signal)
  return {
    picture: `data:image/jpeg;base64,${textIn(answer, 'picture')}`,
    width: numberIn(answer, 'width') ?? 0,
    height: numberIn(answer, 'height') ?? 0,
    codec: VIDEO_CODECS.find((codec) => codec === answer.codec),
    tookMs: numberIn(answer, 'took_ms') ?? 0,
  }
}

/**
 * Reads the configuration of another program.
 * @param label the site of all its cameras
 * @param add the names of those to add; undefined: only looks
 * @throws HttpProblem
 */
export async function importCameras(text: string, label: string, add?: readonly string[]): Promise<ImportReading> {
  const answer = await request('POST', '/cameras/import', { text, label, ...(add && { add }) })
  return {
    format: oneIn(answer, 'format', ['go2rtc', 'frigate'], 'go2rtc'),
    entries: listIn(answer, 'cameras').map((entry) => ({
      name: textIn(entry, 'name'),
      label: textIn(entry, 'label'),
      key: textIn(entry, 'key'),
      url: textIn(entry, 'url'),
      canAdd: entry.can_add === true,
      reason: textIn(entry, 'reason'),
      isAdded: entry.added === true,
    })),
  }
}

/** The cameras that count, by the ids of their streams. */
export function byStream(cameras: readonly ListedCamera[]): ReadonlyMap<string, ListedCamera> {
  return new Map(cameras.filter(({ counts }) => counts).map((camera) => [streamId(camera), camera]))
}

function pathOf({ label, key }: StreamName): string {
  return `/cameras/${encodeURIComponent(label)}/${encodeURIComponent(key)}`
}

/** The server lists those of one stream in the order in which they count. */
function camerasOf(list: readonly Fields[]): ListedCamera[] {
  const known = new Set<string>()
  return list.map((fields) => {
    const stream = { label: textIn(fields, 'label'), key: textIn(fields, 'key') }
    const counts = !known.has(streamId(stream))
    known.add(streamId(stream))
    return cameraOf(fields, stream, counts)
  })
}

function cameraOf(fields: Fields, stream: StreamName, counts: boolean): ListedCamera {
  return {
    ...cameraStatusOf(fields),
    ...stream,
    counts,
    origin: oneIn(fields, 'origin', ['configuration', 'added', 'hub'], 'configuration'),
    runs: oneIn(fields, 'runs', CAMERA_RUNS, 'off'),
    settings: fields.may_edit === true ? settingsOf(fields) : undefined,
  }
}

function settingsOf(fields: Fields): ShownSettings {
  return {
    url: textIn(fields, 'url'),
    user: textIn(fields, 'user'),
    hasPassword: fields.has_password === true,
    certificate: oneIn(fields, 'certificate', ['verified', 'any'], 'verified'),
    transport: oneIn(fields, 'transport', ['auto', 'tcp', 'udp'], 'auto'),
  }
}
