import { Refusal } from '../core/errors.ts'

/** Refuses a picture, with a sentence on what is wrong with it. */
export function invalid(sentence: string): Refusal {
  return new Refusal('invalid', `file: ${sentence}`)
}

/** Refuses a picture of which a part is missing: `length` bytes were to come, `left` are there. */
export function cut(kind: string, what: string, length: number, left: number): Refusal {
  return invalid(`this ${kind} is cut: a ${what} of ${count(length)} bytes begins ${count(left)} bytes before the end`)
}

/** "1,234,567" */
export function count(n: number): string {
  return n.toLocaleString('en-US')
}
