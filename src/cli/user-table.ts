import { styleText } from 'node:util'
import { hasAllLabels } from '../access/permissions.ts'
import type { User } from '../core/account-store.ts'

/** Formats users as a text table. @param options.isTerminal makes the heading bold */
export function userTable(users: readonly User[], { isTerminal }: { readonly isTerminal: boolean }): string {
  const rows = users.map((user) => [
    user.username,
    user.role,
    user.isActive ? 'active' : 'disabled',
    timeOf(user.createdAt),
    timeOf(user.lastSeenAt),
    sitesOf(user),
  ])
  const widths = HEAD.map((head, i) => Math.max(head.length, ...rows.map((row) => widthOf(row[i] ?? ''))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd()
  const head = isTerminal ? styleText('bold', line(HEAD)) : line(HEAD)
  return [head, ...rows.map(line)].join('\n')
}

/** A user's sites (labels) in words: "all", "none", or the list. */
export function sitesOf(user: Pick<User, 'role' | 'labels'>): string {
  if (hasAllLabels(user)) return 'all'
  return user.labels.length === 0 ? 'none' : user.labels.join(', ')
}

const HEAD = ['NAME', 'ROLE', 'STATE', 'ADDED', 'LAST SEEN', 'SITES']

/** Local time, to the minute. */
function timeOf(time: number | undefined): string {
  if (time === undefined) return '–'
  const date = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/**
 * The display width of a text in terminal columns: East Asian wide characters and emoji take two, combining marks none.
 */
function widthOf(text: string): number {
  return [...text].reduce((sum, sign) => sum + (WIDE.test(sign) ? 2 : /\p{Mark}/u.test(sign) ? 0 : 1), 0)
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
