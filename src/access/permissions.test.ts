import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROLES } from '../core/accounts.ts'
import { ACTIONS, type Action } from '../core/rights.ts'
import { ANONYMOUS_ACTIONS, LINK_ACTIONS, ROLE_ACTIONS, SCOPE_ACTIONS } from './permissions.ts'

/** The rows of a table in docs/security.md, each cell trimmed. */
function tableOf(heading: string): string[][] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8')
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

describe('who may do what', () => {
  it('stands in docs/security.md as it is', () => {
    const [head = [], , ...rows] = tableOf('Who may do what')
    expect(head.slice(1, -1)).toEqual(ACTIONS.map((action) => action.replaceAll('_', ' ')))
    const may = new Map<string, readonly Action[]>([
      ...Object.entries(ROLE_ACTIONS).map(([role, actions]) => [`role \`${role}\``, actions] as const),
      ...Object.entries(SCOPE_ACTIONS).map(([scope, actions]) => [`key \`${scope}\``, actions] as const),
      ['share link', LINK_ACTIONS],
      ...Object.entries(ANONYMOUS_ACTIONS).map(([policy, actions]) => [`anonymous \`${policy}\``, actions] as const),
    ])
    const told = new Map(
      rows.map(([who = '', ...cells]) => [who, ACTIONS.filter((_action, i) => cells[i] === 'yes')] as const),
    )
    expect(told).toEqual(may)
    for (const cell of rows.flatMap((row) => row.slice(1, -1))) expect(['yes', '']).toContain(cell)
  })

  it('gives each role what the one below it has', () => {
    const fromBelow = [...ROLES].reverse()
    for (const [i, role] of fromBelow.entries())
      for (const lower of fromBelow.slice(0, i))
        expect(ROLE_ACTIONS[role]).toEqual(expect.arrayContaining([...ROLE_ACTIONS[lower]]))
  })

  it('lets nobody publish who has not signed in, and nobody but admins and their keys administer', () => {
    for (const actions of [...Object.values(ANONYMOUS_ACTIONS), LINK_ACTIONS]) expect(actions).not.toContain('publish')
    const { admin: _role, ...otherRoles } = ROLE_ACTIONS
    const { admin: _scope, ...otherScopes } = SCOPE_ACTIONS
    for (const table of [otherRoles, otherScopes, ANONYMOUS_ACTIONS, { LINK_ACTIONS }])
      for (const actions of Object.values(table)) expect(actions).not.toContain('administer')
  })
})
