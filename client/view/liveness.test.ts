import { describe, expect, it } from 'vitest'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { type LivenessFacts, livenessOf } from './liveness.ts'
import { livenessNote } from './liveness-note.ts'

const NOW = 1_800_000_000_000
const connected = { state: 'connected', code: 0, reason: '' } as const
const stream: LiveStream = { label: 'site', key: 'camera', state: 'live', since: NOW - 60_000, last_frame_at: NOW - 40 }
const usual: LivenessFacts = {
  stream,
  isComplete: true,
  connection: connected,
  shown: { receivedAt: NOW - 100, interval: 100 },
  now: NOW,
}

describe('livenessOf', () => {
  it('is live while pictures come', () => {
    expect(livenessOf(usual)).toEqual({ kind: 'live' })
  })

  it('is late when the picture that is seen grows old though the stream goes on', () => {
    const shown = { receivedAt: NOW - 2100, interval: 100 }
    expect(livenessOf({ ...usual, shown })).toEqual({ kind: 'late', since: NOW - 2100 })
  })

  it('is unchanged since the first of equal pictures while these come, and late when they do not', () => {
    const unchanged = { ...stream, unchanged: { what: 'picture', since: NOW - 125_000 } } as const
    const liveness = livenessOf({ ...usual, stream: unchanged })
    expect(liveness).toEqual({ kind: 'unchanged', what: 'picture', since: NOW - 125_000 })
    const note = (what: 'picture' | 'captured_at') =>
      livenessNote({ ...liveness, what }, NOW, { t: (text, values) => `${text} ${values?.age}`, language: 'en' })
    expect([note('picture'), note('captured_at')]).toEqual(['unchanged 2 min', 'clockStands 2 min'])
    expect(livenessOf({ ...usual, stream: unchanged, now: NOW + 5000 }).kind).toBe('late')
  })

  it('is patient with a stream that is slow by nature', () => {
    const shown = { receivedAt: NOW - 25_000, interval: 10_000 }
    expect(livenessOf({ ...usual, shown }).kind).toBe('live')
    expect(livenessOf({ ...usual, shown, now: NOW + 10_000 }).kind).toBe('late')
    // After the first picture only the server knows when the next is due.
    const first = { receivedAt: NOW - 25_000, interval: undefined }
    expect(livenessOf({ ...usual, shown: first, stream: { ...stream, interval: 10_000 } }).kind).toBe('live')
  })

  it.each(['stale', 'offline'] as const)('has stopped when the server says %s, since the last frame', (state) => {
    const stopped = { ...stream, state, interval: 1000, last_frame_at: NOW - 5000 }
    expect(livenessOf({ ...usual, stream: stopped })).toEqual({ kind: 'stopped', since: NOW - 5000 })
  })

  it('does not say that a source has stopped which perhaps just sends rarely, only that no picture came', () => {
    const rare = { ...stream, state: 'stale', last_frame_at: NOW - 5000 } as const
    const noteOf = (stream: LiveStream) =>
      livenessNote(livenessOf({ ...usual, stream }), NOW, { t: (text) => text, language: 'en' })
    expect(noteOf(rare)).toBe('noneSince')
    expect(noteOf({ ...rare, interval: 1000 })).toBe('stoppedSince')
    // The server has waited long enough then, or says what is wrong.
    expect(noteOf({ ...rare, state: 'offline' })).toBe('stoppedSince')
    expect(noteOf({ ...rare, state: 'offline', reason: 'wrong password' })).toBe('stoppedSinceFor')
  })

  it.each(['idle', 'starting'] as const)('is %s when the server says so, whatever picture stands there', (state) => {
    expect(livenessOf({ ...usual, stream: { ...stream, state } })).toEqual({ kind: state })
  })

  it('says that pictures cannot be decoded, as this page or the server has found, until a good one is shown', () => {
    const failed = { ...usual, failedAt: NOW - 50 }
    expect(livenessOf(failed)).toEqual({ kind: 'undecodable', since: NOW - 100 })
    expect(livenessOf({ ...failed, shown: undefined })).toEqual({ kind: 'undecodable', since: undefined })
    expect(livenessOf({ ...failed, failedAt: NOW - 200 })).toEqual({ kind: 'live' })
    const undecodable = { reason: 'this picture cannot be decoded', since: NOW - 50 }
    expect(livenessOf({ ...usual, stream: { ...stream, undecodable } }).kind).toBe('undecodable')
    // What the server could not decode the page has shown.
    const shown = { receivedAt: NOW - 50, interval: 100 }
    expect(livenessOf({ ...usual, shown, stream: { ...stream, undecodable } }).kind).toBe('live')
    expect(livenessOf({ ...failed, stream: { ...stream, state: 'stale' } }).kind).toBe('stopped')
  })

  it('says what is wrong with the source where the server knows, not that nothing comes', () => {
    const offline = { ...stream, state: 'offline', last_frame_at: NOW - 5000 } as const
    const why = (reason: string) => livenessOf({ ...usual, stream: { ...offline, reason } })
    expect(why('wrong password')).toEqual({ kind: 'stopped', since: NOW - 5000, reason: 'wrong password' })
    expect(why('no frame for a long time')).toEqual({ kind: 'stopped', since: NOW - 5000 })
  })

  it('has stopped when the server has not seen it since its start, since the picture of before', () => {
    const remembered = { ...stream, state: 'offline', reason: 'not seen since the server started' } as const
    const liveness = livenessOf({ ...usual, stream: { ...remembered, last_frame_at: NOW - 5000 }, shown: undefined })
    expect(liveness).toEqual({ kind: 'stopped', since: NOW - 5000, reason: 'not seen since the server started' })
    const words = { t: (text: string) => text, language: 'en' }
    const said = [liveness, { ...liveness, since: undefined }].map((each) => livenessNote(each, NOW, words))
    expect(said).toEqual(['notSeenButAt', 'notSeen'])
  })

  it.each(['connecting', 'disconnected'] as const)('is not live while %s, however new the picture', (state) => {
    const connection = { ...connected, state }
    expect(livenessOf({ ...usual, connection })).toEqual({ kind: 'disconnected', since: NOW - 100 })
    expect(livenessOf({ ...usual, connection, shown: undefined }).kind).toBe('waiting')
  })

  it('waits before the first picture, and says when there is no such stream', () => {
    expect(livenessOf({ ...usual, shown: undefined }).kind).toBe('waiting')
    expect(livenessOf({ ...usual, stream: undefined, isComplete: false, shown: undefined }).kind).toBe('waiting')
    expect(livenessOf({ ...usual, stream: undefined }).kind).toBe('gone')
  })
})
