import { expect, it } from 'vitest'
import type { LivenessFacts } from '../../client/view/liveness.ts'
import { LIVENESS_TEXTS, type LivenessText } from '../../client/view/liveness-texts.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { type LivenessWords, livenessStatus, type SourceWords } from './liveness-status.ts'

const FEED = { serverNow: 10_000, connection: { state: 'connected', code: 0, reason: '' }, isComplete: true } as const
const t = ((name: LivenessText, values: Readonly<Record<string, string>>) =>
  LIVENESS_TEXTS.en[name].replace(/\{\{(\w+)\}\}/g, (_, value) => values[value] ?? '')) as LivenessWords['t']

function noteOf(stream: Partial<LiveStream>, source?: SourceWords, shown?: LivenessFacts['shown']): string {
  const listed = { label: 'Yard', key: 'gate', state: 'live', since: 0, ...stream } as const
  return livenessStatus(FEED, listed, { shown, failedAt: undefined }, { t, language: 'en', source }).note
}

const REFUSED = { starting: undefined, reason: 'the camera refuses the log-in' }

it('what the source says stands in place of the server’s reason', () => {
  expect(noteOf({ state: 'offline', reason: 'a long sentence' })).toBe('Offline: a long sentence')
  expect(noteOf({ state: 'offline', reason: 'a long sentence' }, REFUSED)).toBe(
    'Offline: the camera refuses the log-in',
  )
  expect(noteOf({ state: 'stale', last_frame_at: 5000 }, REFUSED)).toMatch(/^Stopped since .*: the camera refuses/)
  const late = { receivedAt: 5000, interval: 40 }
  expect(noteOf({}, REFUSED, late)).toMatch(/^Stopped since .*: the camera refuses/)
  expect(noteOf({}, REFUSED, { receivedAt: 9900, interval: 40 })).toBe('')
})

it('says what it waits for while it starts', () => {
  const connecting = { starting: 'Connecting to the camera …', reason: undefined }
  expect(noteOf({ state: 'starting' }, connecting)).toBe('Connecting to the camera …')
  expect(noteOf({ state: 'idle' }, connecting)).toBe('Idle: starts when somebody watches')
})
