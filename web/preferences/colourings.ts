import { useCallback, useMemo } from 'react'
import type { ColouringWish } from '../../src/core/colouring.ts'
import { isSameStream, type StreamName, streamId } from '../../src/core/stream-name.ts'
import { colouringFields, readColouring } from '../../src/wire/colouring-query.ts'
import { fieldsIn } from '../access/json-fields.ts'
import { useStore } from '../hooks/use-store.ts'
import { preferenceStores } from './preference-stores.ts'

/** A stream, and the colours that the user has chosen for it. */
export interface ChosenColouring extends StreamName {
  readonly colouring: ColouringWish
}

/** The maximum number, so that an account's preferences stay below the server's size limit. */
const MOST = 30

/** Parses the stored choices, the oldest first; invalid ones are left out. */
export function readColourings(text: string | undefined): ChosenColouring[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]')
    return (Array.isArray(stored) ? stored : []).flatMap(readChoice)
  } catch {
    return []
  }
}

/** The stored text with a stream's colours changed; undefined: as the stream has them. Beyond the maximum the oldest are dropped. */
export function withColouring(text: string | undefined, stream: StreamName, wish: ColouringWish | undefined): string {
  const others = readColourings(text).filter((each) => streamId(each) !== streamId(stream))
  const { label, key } = stream
  const after = wish ? [...others, { label, key, colouring: wish }].slice(-MOST) : others
  return JSON.stringify(after.map(({ colouring, ...name }) => ({ ...name, ...colouringFields(colouring) })))
}

/** A hook: the colours that the user has chosen for a stream, and their setter; undefined: as the stream has them. */
export function useColouring({
  label,
  key,
}: StreamName): [ColouringWish | undefined, (wish: ColouringWish | undefined) => void] {
  const text = useStore(preferenceStores.colourings, (stored) => stored.text)
  const wish = useMemo(
    () => readColourings(text).find((each) => isSameStream(each, { label, key }))?.colouring,
    [text, label, key],
  )
  const change = useCallback(
    (next: ColouringWish | undefined) => {
      const { colourings } = preferenceStores
      colourings.set(withColouring(colourings.text, { label, key }, next), 'chosen')
    },
    [label, key],
  )
  return [wish, change]
}

function readChoice(entry: unknown): ChosenColouring[] {
  const { label, key, colormap, levels, log } = fieldsIn(entry)
  if (typeof label !== 'string' || typeof key !== 'string') return []
  try {
    const isLog = typeof log === 'boolean' ? log : undefined
    const colouring = readColouring({ colormap: textOf(colormap), levels: textOf(levels), log: isLog })
    return colouring ? [{ label, key, colouring }] : []
  } catch {
    return []
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
