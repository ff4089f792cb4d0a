import type { Demand } from '../core/demand.ts'
import type { FedStream, NodeState, WatchedStream } from '../core/node-state.ts'
import { PAYLOAD_KINDS, type PayloadKind } from '../core/payload.ts'
import { STREAM_STATES, type StreamCondition } from '../core/stream-condition.ts'
import { isName, type StreamName } from '../core/stream-name.ts'
import { isJsonObject } from './json.ts'

/** What clients have used of the limits that hold for all servers: by the setting's name, client by client. */
export type NodeUse = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * What a server of an installation says to the others. Each part may be missing, and a later version may say more.
 */
export interface NodeMessage {
  readonly state?: NodeState | undefined
  readonly used?: NodeUse | undefined
  /** It ends: what it said before counts no longer. */
  readonly isEnd?: boolean | undefined
}

/**
 * Writes a message as JSON:
 * `{"state": {"viewers": 3, "watched": [[label, key, viewers, max_fps, max_width, [kind, …]], …],
 * "fed": [[label, key, state, reason], …]}, "used": {"limits.calls_per_minute": {"user 1": 2}}, "end": true}`; `null` for
 * "no limit".
 */
export function encodeNodeMessage({ state, used, isEnd }: NodeMessage): string {
  return JSON.stringify({
    ...(state && {
      state: {
        viewers: state.viewers,
        watched: state.watched.map(({ name, demand }) => [
          name.label,
          name.key,
          demand.viewers,
          demand.maxFps ?? null,
          demand.maxWidth ?? null,
          demand.kinds,
        ]),
        fed: state.fed.map(({ name, condition }) => [name.label, name.key, condition.state, condition.reason]),
      },
    }),
    ...(used && {
      used: Object.fromEntries([...used].map(([limit, clients]) => [limit, Object.fromEntries(clients)])),
    }),
    ...(isEnd && { end: true }),
  })
}

/** Reads a message. @returns undefined if it is none; parts of it that are not understood are left out */
export function decodeNodeMessage(text: string): NodeMessage | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const { state, used, end } = value
  return {
    ...(isJsonObject(state) && { state: stateIn(state) }),
    ...(isJsonObject(used) && { used: usedIn(used) }),
    ...(end === true && { isEnd: true }),
  }
}

function stateIn({ viewers, watched, fed }: Readonly<Record<string, unknown>>): NodeState {
  return {
    viewers: isCount(viewers) ? viewers : 0,
    watched: listIn(watched).flatMap(watchedIn),
    fed: listIn(fed).flatMap(fedIn),
  }
}

function watchedIn(value: unknown): readonly WatchedStream[] {
  const [label, key, viewers, maxFps, maxWidth, kinds] = listIn(value)
  const name = nameIn(label, key)
  if (!name || !isCount(viewers) || viewers === 0) return []
  const demand: Demand = {
    viewers,
    maxFps: isLimit(maxFps) ? maxFps : undefined,
    maxWidth: isLimit(maxWidth) ? maxWidth : undefined,
    kinds: listIn(kinds).filter(isKind),
  }
  return [{ name, demand }]
}

function fedIn(value: unknown): readonly FedStream[] {
  const [label, key, state, reason] = listIn(value)
  const name = nameIn(label, key)
  return name && isState(state) && typeof reason === 'string' ? [{ name, condition: { state, reason } }] : []
}

function usedIn(used: Readonly<Record<string, unknown>>): NodeUse {
  const clientsIn = (clients: unknown) =>
    new Map(
      Object.entries(isJsonObject(clients) ? clients : {}).filter(
        (entry): entry is [string, number] => isCount(entry[1]) && entry[1] > 0,
      ),
    )
  return new Map(Object.entries(used).map(([limit, clients]) => [limit, clientsIn(clients)]))
}

function nameIn(label: unknown, key: unknown): StreamName | undefined {
  return isName(label) && isName(key) ? { label, key } : undefined
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isLimit(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}

function isKind(value: unknown): value is PayloadKind {
  return PAYLOAD_KINDS.some((kind) => kind === value)
}

function isState(value: unknown): value is StreamCondition['state'] {
  return STREAM_STATES.some((state) => state === value)
}
