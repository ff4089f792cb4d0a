import Type from 'typebox'
import type { EventFilter } from '../../core/event-filter.ts'
import { checkNames, priorityOf } from '../../wire/event-fields.ts'

/** The parameters of an `EventFilter` in a URL, for the schema of a query. */
export const EventFilterQuery = {
  types: Type.Optional(ListOf('Types, separated by commas, in any case')),
  labels: Type.Optional(ListOf('Labels, separated by commas; repeat the parameter if one has a comma in it')),
  min_priority: Type.Optional(Type.String({ description: 'The lowest priority: LOW, NORMAL, HIGH or CRITICAL' })),
}

/** The parameters as they come: a text or, if a parameter is repeated, several. */
export interface EventFilterParameters {
  readonly types?: string | string[] | undefined
  readonly labels?: string | string[] | undefined
  readonly min_priority?: string | undefined
}

/**
 * The filter that the parameters of a URL say.
 * @returns undefined if they say nothing: the reader wants all that it may see
 * @throws Refusal `invalid` for an unknown priority, and where more or longer types or labels are named than may be
 */
export function eventFilterOf({ types, labels, min_priority }: EventFilterParameters): EventFilter | undefined {
  if (types === undefined && labels === undefined && min_priority === undefined) return undefined
  return {
    types: listOf('types', types),
    // A value with a comma may also be the name of one label.
    labels: labels === undefined ? undefined : [...new Set([...[labels].flat(), ...(listOf('labels', labels) ?? [])])],
    minPriority: min_priority === undefined ? undefined : priorityOf('min_priority', min_priority),
  }
}

function ListOf(description: string) {
  return Type.Union([Type.String(), Type.Array(Type.String())], { description })
}

function listOf(field: string, value: string | string[] | undefined): string[] | undefined {
  if (value === undefined) return undefined
  const given = [value].flat()
  const all = given.flatMap((each) => each.split(','))
  const list = all.map((each) => each.trim()).filter((each) => each !== '')
  // A URL is at most 16 KB, which may name thousands.
  for (const names of [given, list]) checkNames(field, names)
  return list
}
