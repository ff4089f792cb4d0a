import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ApiKey, ROLES, type User } from '../core/account-store.ts'
import { ACTIONS, type Action, type Grant, may, mayAny, type Target } from '../core/authorization.ts'
import { matchesWildcard } from '../core/wildcard.ts'
import {
  ANONYMOUS_ACTIONS,
  type AnonymousPolicy,
  anonymousGrants,
  keyGrants,
  LINK_ACTIONS,
  linkGrants,
  publishKeyGrants,
  ROLE_ACTIONS,
  SCOPE_ACTIONS,
  userGrants,
} from './permissions.ts'

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
    const expected = new Map<string, readonly Action[]>([
      ...Object.entries(ROLE_ACTIONS).map(([role, actions]) => [`role \`${role}\``, actions] as const),
      ...Object.entries(SCOPE_ACTIONS).map(([scope, actions]) => [`key \`${scope}\``, actions] as const),
      ['share link', LINK_ACTIONS],
      ...Object.entries(ANONYMOUS_ACTIONS).map(([policy, actions]) => [`anonymous \`${policy}\``, actions] as const),
    ])
    const told = new Map(
      rows.map(([who = '', ...cells]) => [who, ACTIONS.filter((_action, i) => cells[i] === 'yes')] as const),
    )
    expect(told).toEqual(expected)
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

const NORTH = { label: 'North', key: 'gate' }
const SOUTH = { label: 'South', key: 'gate' }

/** The actions allowed on a target. */
function allowed(grants: readonly Grant[], target: Target): Action[] {
  return ACTIONS.filter((action) => may({ grants }, action, target))
}

/** The actions allowed on anything at all, or on anything of a label. */
function allowedAny(grants: readonly Grant[], label?: string): Action[] {
  return ACTIONS.filter((action) => mayAny({ grants }, action, label))
}

it('nothing may be done by a role or a scope of a later version, and it fails nobody', () => {
  const user: User = JSON.parse('{"role":"auditor","labels":["North"]}')
  const key: ApiKey = JSON.parse('{"scope":"audit","labels":["*"]}')
  for (const grants of [userGrants(user), keyGrants(key)]) {
    expect(allowed(grants, NORTH)).toEqual([])
    expect(allowedAny(grants)).toEqual([])
  }
})

describe('a user', () => {
  it('may what the role says, within the labels', () => {
    const expected = {
      guest: ['view'],
      user: ['view', 'publish', 'command', 'acknowledge'],
      model_manager: ['view', 'publish', 'command', 'acknowledge', 'edit_cameras'],
    } as const
    for (const role of ['guest', 'user', 'model_manager'] as const) {
      const grants = userGrants({ role, labels: ['North', 'East'] })
      expect(allowed(grants, NORTH)).toEqual(expected[role])
      expect(allowed(grants, { label: 'East' })).toEqual(expected[role])
      expect(allowedAny(grants)).toEqual(expected[role])
      expect(allowedAny(grants, 'North')).toEqual(expected[role])
      for (const target of [SOUTH, { label: 'South' }, { label: 'north', key: 'gate' }, {}, { key: 'gate' }])
        expect(allowed(grants, target)).toEqual([])
      expect(allowedAny(grants, 'South')).toEqual([])
    }
  })

  it('without labels sees nothing', () => {
    for (const role of ROLES.filter((each) => each !== 'admin'))
      expect(allowed(userGrants({ role, labels: [] }), NORTH)).toEqual([])
  })

  it('takes a label for a name, not for a pattern', () => {
    const grants = userGrants({ role: 'user', labels: ['N*', 'Nor?h'] })
    expect(allowed(grants, NORTH)).toEqual([])
    expect(allowed(grants, { label: 'N*' })).not.toEqual([])
  })

  it('with the label * has all labels, and nothing that belongs to none', () => {
    const grants = userGrants({ role: 'user', labels: ['*', 'East'] })
    for (const target of [NORTH, SOUTH, { label: 'later' }]) expect(allowed(grants, target)).toContain('publish')
    for (const target of [{}, { key: 'gate' }]) expect(allowed(grants, target)).toEqual([])
  })

  it('who is an administrator may everything, whatever the labels', () => {
    const grants = userGrants({ role: 'admin', labels: ['North'] })
    for (const target of [NORTH, SOUTH, {}]) expect(allowed(grants, target)).toEqual(ACTIONS)
    expect(allowedAny(grants, 'South')).toEqual(ACTIONS)
  })
})

describe('a key', () => {
  it('may what its scope says, on the labels that fit', () => {
    const labels = ['Nor*', 'site-?']
    for (const scope of ['publish', 'view'] as const) {
      const grants = keyGrants({ scope, labels })
      for (const label of ['Nor', 'North', 'site-1']) expect(allowed(grants, { label, key: 'x' })).toEqual([scope])
      for (const label of ['South', 'north', 'site-12', 'a North']) expect(allowed(grants, { label })).toEqual([])
      expect(allowed(grants, {})).toEqual([])
      expect([allowedAny(grants), allowedAny(grants, 'North'), allowedAny(grants, 'South')]).toEqual([
        [scope],
        [scope],
        [],
      ])
    }
  })

  it('for all labels is good for what has none, too', () => {
    expect(allowed(keyGrants({ scope: 'admin', labels: ['*'] }), {})).toEqual(ACTIONS)
    expect(allowed(keyGrants({ scope: 'view', labels: ['x', '*'] }), {})).toEqual(['view'])
  })
})

describe('a share link', () => {
  it('shows its streams and nothing else', () => {
    const grants = linkGrants({ streams: [NORTH, { label: 'East' }] })
    for (const target of [NORTH, { label: 'East', key: 'any' }, { label: 'East' }])
      expect(allowed(grants, target)).toEqual(['view'])
    for (const target of [SOUTH, { label: 'North', key: 'yard' }, { label: 'North' }, { key: 'gate' }, {}])
      expect(allowed(grants, target)).toEqual([])
    expect([allowedAny(grants), allowedAny(grants, 'North'), allowedAny(grants, 'South')]).toEqual([
      ['view'],
      ['view'],
      [],
    ])
  })
})

describe('who has not signed in', () => {
  it('may what the policy says, everywhere', () => {
    expect(allowed(anonymousGrants('none'), NORTH)).toEqual([])
    expect(allowed(anonymousGrants('view'), NORTH)).toEqual(['view'])
    expect(allowed(anonymousGrants('operate'), {})).toEqual(['view', 'command', 'acknowledge'])
  })

  it('may publish as well with the publish key', () => {
    expect(allowed(publishKeyGrants(anonymousGrants('none')), NORTH)).toEqual(['publish'])
    expect(allowedAny(publishKeyGrants(anonymousGrants('view')), 'North')).toEqual(['view', 'publish'])
  })
})

/** The same rules, implemented independently, to compare the grants with. */
interface Rules {
  /** Whether the action is allowed on exactly this target. */
  readonly on: (action: Action, target: Target) => boolean
  /** Whether it is allowed on anything or, with a label, on anything of that label. */
  readonly onAny: (action: Action, label: string | undefined) => boolean
}

const everywhere = (actions: readonly Action[]): Rules => ({
  on: (action) => actions.includes(action),
  onAny: (action) => actions.includes(action),
})

const within = (actions: readonly Action[], isMine: (label: string) => boolean): Rules => ({
  on: (action, { label }) => actions.includes(action) && label !== undefined && isMine(label),
  onAny: (action, label) => actions.includes(action) && (label === undefined || isMine(label)),
})

const either = (one: Rules, other: Rules): Rules => ({
  on: (action, target) => one.on(action, target) || other.on(action, target),
  onAny: (action, label) => one.onAny(action, label) || other.onAny(action, label),
})

describe('the grants of whoever it is', () => {
  const name = fc.constantFrom<string>('North', 'South', 'Nor', '*', 'No?th')
  const maybe = fc.option(name, { nil: undefined })
  const names = fc.uniqueArray(name)
  const policy = fc.constantFrom<AnonymousPolicy>('none', 'view', 'operate')
  const somebody: fc.Arbitrary<{ grants: readonly Grant[]; rules: Rules }> = fc.oneof(
    fc.record({ role: fc.constantFrom(...ROLES), labels: names }).map(({ role, labels }) => ({
      grants: userGrants({ role, labels }),
      rules:
        role === 'admin'
          ? everywhere(ROLE_ACTIONS.admin)
          : within(ROLE_ACTIONS[role], (label) => labels.includes('*') || labels.includes(label)),
    })),
    fc
      .record({ scope: fc.constantFrom('publish' as const, 'view' as const, 'admin' as const), labels: names })
      .map(({ scope, labels }) => ({
        grants: keyGrants({ scope, labels }),
        rules: labels.includes('*')
          ? everywhere(SCOPE_ACTIONS[scope])
          : within(SCOPE_ACTIONS[scope], (label) => labels.some((pattern) => matchesWildcard(pattern, label))),
      })),
    fc.array(fc.record({ label: name, key: maybe })).map((streams) => ({
      grants: linkGrants({ streams }),
      rules: {
        on: (action, { label, key }) =>
          LINK_ACTIONS.includes(action) &&
          streams.some((stream) => stream.label === label && (stream.key === undefined || stream.key === key)),
        onAny: (action, label) =>
          LINK_ACTIONS.includes(action) && (label === undefined || streams.some((stream) => stream.label === label)),
      } satisfies Rules,
    })),
    policy.map((each) => ({ grants: anonymousGrants(each), rules: everywhere(ANONYMOUS_ACTIONS[each]) })),
    policy.map((each) => ({
      grants: publishKeyGrants(anonymousGrants(each)),
      rules: either(everywhere(['publish']), everywhere(ANONYMOUS_ACTIONS[each])),
    })),
  )

  it('allow what the rules say, and nothing else', () => {
    fc.assert(
      fc.property(somebody, maybe, maybe, ({ grants, rules }, label, key) => {
        expect(allowed(grants, { label, key })).toEqual(ACTIONS.filter((action) => rules.on(action, { label, key })))
        expect(allowedAny(grants, label)).toEqual(ACTIONS.filter((action) => rules.onAny(action, label)))
      }),
      { numRuns: 1000 },
    )
  })
})
