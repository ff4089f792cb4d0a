/**
 * What an event is known by before it is in the log: which run of a node it is from, and its number there. The numbers of a
 * run get into the log in their order, so what is in the log already is known by the highest of them.
 */
export interface Receipt {
  readonly run: string
  readonly number: number
}

/** "x7Jq0aW3-12" */
export function receiptText({ run, number }: Receipt): string {
  return `${run}-${number}`
}

/** The receipt that a text is; undefined if it is none. */
export function parseReceipt(text: string): Receipt | undefined {
  const match = /^([0-9A-Za-z_]{1,64})-(\d{1,15})$/.exec(text)
  return match?.[1] === undefined ? undefined : { run: match[1], number: Number(match[2]) }
}
