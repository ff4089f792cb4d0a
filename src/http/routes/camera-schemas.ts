import Type from 'typebox'
import { CAMERA_PROBLEMS, CAMERA_RUNS, CAMERA_STATES, type CameraStatus } from '../../core/camera.ts'
import { CAMERA_CHOICES } from '../../core/camera-change.ts'
import type { VisibleCamera } from '../../core/camera-list.ts'
import { rounded } from '../../core/numbers.ts'
import { maskSecrets } from '../../core/url-secrets.ts'
import { VIDEO_CODECS } from '../../core/video.ts'

const ProblemSchema = Type.Enum([...CAMERA_PROBLEMS], { description: 'What is wrong, for programs' })
const CodecSchema = Type.Union([Type.Enum([...VIDEO_CODECS]), Type.Null()])
const ClockSchema = Type.Union([Type.Enum(['camera', 'arrival']), Type.Null()], {
  description: 'Whose clock the ages of its pictures are by: its own, or when they came here',
})

/** How a camera is doing, in short. Counts are since it was started. */
const CameraStatusSchema = Type.Object({
  state: Type.Enum([...CAMERA_STATES], { description: 'off: it is not pulled here' }),
  reason: Type.String({ description: 'How it is doing and what to do about it, in words' }),
  problem: Type.Union([ProblemSchema, Type.Null()], { description: 'While it has failed or is stopped' }),
  restarts: Type.Integer({ description: 'How often it had to be connected anew' }),
  bytes_per_s: Type.Number({ description: 'Over the last few seconds' }),
  fps: Type.Number({ description: 'Pictures a second that it sends, over the last few seconds' }),
  codec: CodecSchema,
  clock: ClockSchema,
})

/** How the camera of a stream is doing, as `/streams` shows it. */
export const StreamCameraSchema = CameraStatusSchema

/** A camera as `/cameras` shows it; where it is only to whoever may edit cameras of its label. */
export const CameraSchema = Type.Object({
  label: Type.String(),
  key: Type.String(),
  origin: Type.Enum(['configuration', 'added', 'hub'], { description: 'hub: from the list of /api/config' }),
  runs: Type.Enum([...CAMERA_RUNS]),
  ...CameraStatusSchema.properties,
  last_error: Type.Union([
    Type.Object({
      problem: ProblemSchema,
      reason: Type.String(),
      at: Type.Number({ description: 'ms since 1970' }),
    }),
    Type.Null(),
  ]),
  width: Type.Union([Type.Integer(), Type.Null()]),
  height: Type.Union([Type.Integer(), Type.Null()]),
  bytes: Type.Integer({ description: 'Of video received' }),
  is_decoding: Type.Boolean({ description: 'Whether pictures are decoded: only while they are wanted' }),
  url: Type.Optional(Type.String({ description: 'Masked, without user and password' })),
  user: Type.Optional(Type.String()),
  has_password: Type.Optional(Type.Boolean()),
  certificate: Type.Optional(Type.Enum([...CAMERA_CHOICES.certificate])),
  transport: Type.Optional(Type.Enum([...CAMERA_CHOICES.transport])),
  may_edit: Type.Optional(Type.Literal(true)),
})

const choices = {
  runs: Type.Optional(Type.Enum([...CAMERA_CHOICES.runs], { description: 'on-demand if left out' })),
  certificate: Type.Optional(
    Type.Enum([...CAMERA_CHOICES.certificate], { description: 'any: it is not checked; verified if left out' }),
  ),
  transport: Type.Optional(
    Type.Enum([...CAMERA_CHOICES.transport], { description: 'Of RTP over RTSP; auto if left out' }),
  ),
}
const access = {
  user: Type.Optional(Type.String({ description: 'Counts more than that in the address; empty: none' })),
  password: Type.Optional(Type.String({ description: 'Counts more than that in the address; empty: none' })),
}

/** What `readNewCamera` reads; for the documentation. */
export const NewCameraSchema = Type.Object({
  url: Type.String({ description: 'rtsp://…, http://… and so on; with user and password, raw or encoded, or without' }),
  label: Type.String({ description: 'Its site' }),
  key: Type.String({ description: 'Its name' }),
  ...access,
  ...choices,
})

/** What `readCameraChange` reads; for the documentation. */
export const CameraChangeSchema = Type.Partial(NewCameraSchema)

/** The cameras, and what else the page wants to know. */
export const CamerasSchema = Type.Object({
  cameras: Type.Array(CameraSchema),
  ffmpeg: Type.Optional(
    Type.Object({
      version: Type.Union([Type.String(), Type.Null()]),
      problem: Type.Union([Type.String(), Type.Null()], { description: 'Why it cannot be used, and what to do' }),
    }),
  ),
  addresses: Type.Optional(Type.Object({ private: Type.Enum(['allow', 'refuse']) })),
})

/** What a test of a camera has found. */
export const CameraTestSchema = Type.Object({
  picture: Type.String({ description: 'A JPEG in base64, at most 640 pixels wide' }),
  width: Type.Integer({ description: 'Of the camera’s own picture' }),
  height: Type.Integer(),
  codec: CodecSchema,
  took_ms: Type.Integer(),
  clock: ClockSchema,
})

/** A camera that could not be tested, or fields that are wrong. */
export const CameraTestFailedSchema = Type.Object({
  detail: Type.String({ description: 'What is wrong and what to do about it, in a sentence' }),
  problem: Type.Optional(ProblemSchema),
})

/** What is in the configuration of another program. */
export const ImportSchema = Type.Object({
  format: Type.Enum(['go2rtc', 'frigate']),
  cameras: Type.Array(
    Type.Object({
      name: Type.String({ description: 'Its name there' }),
      label: Type.String(),
      key: Type.String(),
      url: Type.String({ description: 'Masked' }),
      can_add: Type.Boolean(),
      reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it cannot be added' }),
      added: Type.Boolean(),
    }),
  ),
})

/** How the camera of a stream is doing. */
export function describeStreamCamera(status: CameraStatus) {
  const { state, reason, lastError, restarts, bytesPerSecond, rate, codec, clock } = status
  return {
    state,
    reason: maskSecrets(reason),
    problem: state === 'failed' || state === 'stopped' ? (lastError?.problem ?? null) : null,
    restarts,
    bytes_per_s: Math.round(bytesPerSecond),
    fps: rounded(rate, 1),
    codec: codec ?? null,
    clock: clock ?? null,
  }
}

/** A camera as the API shows it. */
export function describeCamera(camera: VisibleCamera) {
  const { settings, origin, running, whyNot, mayEdit } = camera
  const { url, user = '', password, certificate, transport } = settings
  const status = running?.status ?? { ...OFF, reason: whyNot }
  const { lastError, size, bytes, isDecoding } = status
  return {
    ...settings.stream,
    origin,
    runs: settings.runs,
    ...describeStreamCamera(status),
    last_error: lastError ? { ...lastError, reason: maskSecrets(lastError.reason) } : null,
    width: size?.width ?? null,
    height: size?.height ?? null,
    bytes,
    is_decoding: isDecoding,
    ...(mayEdit && {
      url: maskSecrets(url),
      user,
      has_password: password !== undefined,
      certificate,
      transport,
      may_edit: true as const,
    }),
  }
}

/** The status of a camera that is not pulled, but for the reason. */
const OFF: Omit<CameraStatus, 'reason'> = {
  state: 'off',
  lastError: undefined,
  restarts: 0,
  bytes: 0,
  bytesPerSecond: 0,
  rate: 0,
  codec: undefined,
  size: undefined,
  keyInterval: undefined,
  clock: undefined,
  isDecoding: false,
}
