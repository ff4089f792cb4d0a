import { type Liveness, type LivenessFacts, livenessOf } from '../view/liveness.ts'
import { livenessNote } from '../view/liveness-note.ts'
import type { ElementWords } from './element-texts.ts'
import type { FeedFacts, FeedRefusal } from './stream-feed.ts'

/**
 * The state of the element: how live its picture is, or why there is none. `refused`: see the reason. `paused`: out of
 * view, so nothing is sent. `unset`: `label` or `camera` is missing.
 */
export type StreamElementState = Liveness['kind'] | 'refused' | 'paused' | 'unset'

/** The state with its texts. */
export interface StreamStatus {
  readonly state: StreamElementState
  /** What is said over the picture; empty while it is live. */
  readonly note: string
  /** The server's sentence on why it refuses; empty unless it does. */
  readonly reason: string
  /** The state in a few words, for screen readers: without an age, which would change all the time. */
  readonly brief: string
}

/** The inputs of `statusOf`. */
export interface StatusFacts {
  /** Whether the element has a `label` and a `camera`. */
  readonly isSet: boolean
  /** Why nothing can be shown: the address or another attribute is wrong. */
  readonly problem: string | undefined
  readonly isInView: boolean
  /** undefined before the element has been in view. */
  readonly feed: FeedFacts | undefined
  /** The displayed picture. */
  readonly shown: LivenessFacts['shown']
  /** When the newest picture that could not be decoded was received. */
  readonly failedAt?: number | undefined
}

/** Determines the state. A picture that is not current never counts as live, whatever the cause. */
export function statusOf(facts: StatusFacts, words: ElementWords): StreamStatus {
  const { isSet, problem, isInView, feed, shown, failedAt } = facts
  const { t } = words
  if (!isSet) return said('unset', t('unset'))
  if (problem !== undefined) return refused({ kind: 'failed', reason: problem }, words)
  if (feed?.refusal) return refused(feed.refusal, words)
  if (!feed || !isInView) return said('paused', '', t('paused'))
  const found = livenessOf({ ...feed, shown, failedAt })
  const isCutOff = found.kind === 'waiting' && feed.hasFailed
  const liveness: Liveness = isCutOff ? { kind: 'disconnected' } : found
  const note = livenessNote(liveness, feed.now, words)
  if (liveness.kind === 'live') return said('live', '', t('live'))
  if (liveness.kind === 'unchanged') return said('unchanged', note, t('notChanging'))
  return said(liveness.kind, note, liveness.kind === 'late' ? t('notCurrent') : note)
}

function refused({ kind, reason }: FeedRefusal, { t }: ElementWords): StreamStatus {
  return { ...said('refused', t(kind)), reason }
}

function said(state: StreamElementState, note: string, brief = note): StreamStatus {
  return { state, note, reason: '', brief }
}
