import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wordsFor } from './element-texts.ts'
import type { FeedFacts } from './stream-feed.ts'
import { type StatusFacts, statusOf } from './stream-status.ts'

const NOW = 1_800_000_000_000
const stream = { label: 'site', key: 'cam', state: 'live', since: NOW - 60_000, last_frame_at: NOW - 40 } as const
const feed: FeedFacts = {
  connection: { state: 'connected' },
  hasFailed: false,
  stream,
  isComplete: true,
  refusal: undefined,
  now: NOW,
}
const usual: StatusFacts = {
  isSet: true,
  problem: undefined,
  isInView: true,
  feed,
  shown: { receivedAt: NOW - 100, interval: 100 },
}
const english = wordsFor('en')
const of = (facts: Partial<StatusFacts>) => statusOf({ ...usual, ...facts }, english)

describe('statusOf', () => {
  it('is live while pictures come', () => {
    expect(of({})).toEqual({ state: 'live', note: '', reason: '', brief: 'Live' })
  })

  it('tells an age only where it is not read aloud again and again', () => {
    expect(of({ shown: { receivedAt: NOW - 5000, interval: 100 } })).toEqual({
      state: 'late',
      note: 'Late: 5.0 s old',
      reason: '',
      brief: 'Late',
    })
  })

  it('says first what is wrong with the page', () => {
    expect(of({ isSet: false, problem: 'nonsense' }).state).toBe('unset')
    expect(of({ problem: 'nonsense', feed: undefined })).toMatchObject({ state: 'refused', reason: 'nonsense' })
  })

  it.each([
    ['noAccess', 'No access to this camera'],
    ['outdated', 'Belvedere was updated: reload this page'],
    ['failed', 'This camera cannot be shown'],
  ] as const)('says why it is refused: %s', (kind, note) => {
    const refusal = { kind, reason: 'why' }
    expect(of({ isInView: false, feed: { ...feed, refusal } })).toEqual({
      state: 'refused',
      note,
      reason: 'why',
      brief: note,
    })
  })

  it('is paused out of view and before it was in view', () => {
    expect(of({ isInView: false }).state).toBe('paused')
    expect(of({ feed: undefined })).toEqual({ state: 'paused', note: '', reason: '', brief: 'Paused' })
  })

  it('waits for the first connection, and says so when there is none', () => {
    const connecting = { ...feed, connection: { state: 'connecting' }, stream: undefined, isComplete: false } as const
    expect(of({ feed: connecting, shown: undefined })).toMatchObject({
      state: 'waiting',
      note: 'Waiting for a picture',
    })
    expect(of({ feed: { ...connecting, hasFailed: true }, shown: undefined })).toMatchObject({
      state: 'disconnected',
      note: 'Can’t reach the server. Retrying …',
    })
    expect(of({ feed: connecting }).note).toMatch(/^No connection since/)
  })

  it('is live only when connected, in view, and the picture is young, whatever else is known', () => {
    const facts = fc.record<StatusFacts>({
      isSet: fc.boolean(),
      problem: fc.option(fc.string(), { nil: undefined }),
      isInView: fc.boolean(),
      feed: fc.option(
        fc.record<FeedFacts>({
          connection: fc.record({ state: fc.constantFrom('connected', 'connecting', 'disconnected') }),
          hasFailed: fc.boolean(),
          stream: fc.option(
            fc.record({
              label: fc.constant('site'),
              key: fc.constant('cam'),
              state: fc.constantFrom('live', 'stale', 'offline', 'idle', 'starting'),
              since: fc.constant(NOW),
              last_frame_at: fc.option(fc.integer({ min: NOW - 10_000, max: NOW }), { nil: undefined }),
            }),
            { nil: undefined },
          ),
          isComplete: fc.boolean(),
          refusal: fc.option(fc.constant({ kind: 'noAccess', reason: '' } as const), { nil: undefined }),
          now: fc.constant(NOW),
        }),
        { nil: undefined },
      ),
      shown: fc.option(
        fc.record({ receivedAt: fc.integer({ min: NOW - 10_000, max: NOW }), interval: fc.constant(undefined) }),
        { nil: undefined },
      ),
    })
    fc.assert(
      fc.property(facts, fc.constantFrom('en', 'zh-TW'), (given, lang) => {
        const { state, note, brief } = statusOf(given, wordsFor(lang))
        const { isInView, feed: known, shown } = given
        const isCurrent = shown !== undefined && NOW - shown.receivedAt <= 2000
        const mayBeLive = isInView && known?.connection.state === 'connected' && known.stream?.state === 'live'
        if (state === 'live') expect(mayBeLive && isCurrent).toBe(true)
        expect(brief).not.toBe('')
        expect(note === '').toBe(state === 'live' || state === 'paused')
      }),
    )
  })
})

describe('wordsFor', () => {
  it.each([
    ['zh', 'zh-TW'],
    ['zh-Hant-HK', 'zh-TW'],
    ['en-GB', 'en'],
    ['de', 'en'],
    ['', 'en'],
  ])('answers %j with %s', (lang, language) => {
    expect(wordsFor(lang).language).toBe(language)
  })

  it('fills in values, whatever they contain', () => {
    expect(english.t('named', { name: '{{state}} $& <b>', state: 'Live' })).toBe('{{state}} $& <b>: Live')
  })
})
