import type { StreamName } from './stream-name.ts'

/*
 * The orders that names are listed in. Each is total: only equal names are equal in it, or two of them would change
 * places whenever one comes and goes.
 */

/** An order: negative where `a` comes first, 0 only where both are equal. */
export type NameOrder = (a: string, b: string) => number

/** By UTF-16 code units: the same at every server, for programs. */
export const codeUnitOrder: NameOrder = (a, b) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * As people order names, numbers by their value: "cam 2" before "cam 10". What is alike to people, such as "cam 1" and
 * "cam 01", is in the order of code units.
 * @param locale whose alphabet; undefined: that of the browser
 */
export function naturalOrder(locale?: string): NameOrder {
  const { compare } = new Intl.Collator(locale, { numeric: true })
  return (a, b) => compare(a, b) || codeUnitOrder(a, b)
}

/** Orders streams by label, then key, so that those of a label are together. */
export function orderOfStreams(order: NameOrder): (a: StreamName, b: StreamName) => number {
  return (a, b) => order(a.label, b.label) || order(a.key, b.key)
}
