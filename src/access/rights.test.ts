import { describe, expect, it } from 'vitest'
import { ROLES } from '../core/accounts.ts'
import { ACTIONS, type Action } from '../core/principal.ts'
import { anonymousRights, keyRights, linkRights, publishKeyRights, type Rights, userRights } from './rights.ts'

const NORTH = { label: 'North', key: 'gate' }
const SOUTH = { label: 'South', key: 'gate' }

/** What is allowed on something. */
function allowed({ may }: Rights, target: Parameters<Rights['may']>[1]): Action[] {
  return ACTIONS.filter((action) => may(action, target))
}

/** What is allowed on anything at all, or on anything of a label. */
function allowedAny({ mayAny }: Rights, label?: string): Action[] {
  return ACTIONS.filter((action) => mayAny(action, label))
}

describe('a user', () => {
  it('may what the role says, within the labels', () => {
    const expected = {
      guest: ['view'],
      user: ['view', 'publish', 'command', 'acknowledge'],
      model_manager: ['view', 'publish', 'command', 'acknowledge', 'edit_cameras'],
    } as const
    for (const role of ['guest', 'user', 'model_manager'] as const) {
      const rights = userRights({ role, labels: ['North', 'East'] })
      expect(allowed(rights, NORTH)).toEqual(expected[role])
      expect(allowed(rights, { label: 'East' })).toEqual(expected[role])
      expect(allowedAny(rights)).toEqual(expected[role])
      expect(allowedAny(rights, 'North')).toEqual(expected[role])
      for (const target of [SOUTH, { label: 'South' }, { label: 'north', key: 'gate' }, {}, { key: 'gate' }])
        expect(allowed(rights, target)).toEqual([])
      expect(allowedAny(rights, 'South')).toEqual([])
    }
  })

  it('without labels sees nothing', () => {
    for (const role of ROLES.filter((each) => each !== 'admin'))
      expect(allowed(userRights({ role, labels: [] }), NORTH)).toEqual([])
  })

  it('takes a label for a name, not for a pattern', () => {
    const rights = userRights({ role: 'user', labels: ['*', 'Nor?h'] })
    expect(allowed(rights, NORTH)).toEqual([])
    expect(allowed(rights, { label: '*' })).not.toEqual([])
  })

  it('who is an administrator may everything, whatever the labels', () => {
    const rights = userRights({ role: 'admin', labels: ['North'] })
    for (const target of [NORTH, SOUTH, {}]) expect(allowed(rights, target)).toEqual(ACTIONS)
    expect(allowedAny(rights, 'South')).toEqual(ACTIONS)
  })
})

describe('a key', () => {
  it('may what its scope says, on the labels that fit', () => {
    const labels = ['Nor*', 'site-?']
    for (const scope of ['publish', 'view'] as const) {
      const rights = keyRights({ scope, labels })
      for (const label of ['Nor', 'North', 'site-1']) expect(allowed(rights, { label, key: 'x' })).toEqual([scope])
      for (const label of ['South', 'north', 'site-12', 'a North']) expect(allowed(rights, { label })).toEqual([])
      expect(allowed(rights, {})).toEqual([])
      expect([allowedAny(rights), allowedAny(rights, 'North'), allowedAny(rights, 'South')]).toEqual([
        [scope],
        [scope],
        [],
      ])
    }
  })

  it('for all labels is good for what has none, too', () => {
    expect(allowed(keyRights({ scope: 'admin', labels: ['*'] }), {})).toEqual(ACTIONS)
    expect(allowed(keyRights({ scope: 'view', labels: ['x', '*'] }), {})).toEqual(['view'])
  })
})

describe('a share link', () => {
  it('shows its streams and nothing else', () => {
    const rights = linkRights({ streams: [NORTH, { label: 'East' }] })
    for (const target of [NORTH, { label: 'East', key: 'any' }, { label: 'East' }])
      expect(allowed(rights, target)).toEqual(['view'])
    for (const target of [SOUTH, { label: 'North', key: 'yard' }, { label: 'North' }, { key: 'gate' }, {}])
      expect(allowed(rights, target)).toEqual([])
    expect([allowedAny(rights), allowedAny(rights, 'North'), allowedAny(rights, 'South')]).toEqual([
      ['view'],
      ['view'],
      [],
    ])
  })
})

describe('who has not signed in', () => {
  it('may what the policy says, everywhere', () => {
    expect(allowed(anonymousRights('none'), NORTH)).toEqual([])
    expect(allowed(anonymousRights('view'), NORTH)).toEqual(['view'])
    expect(allowed(anonymousRights('operate'), {})).toEqual(['view', 'command', 'acknowledge'])
  })

  it('may publish as well with the publish key', () => {
    expect(allowed(publishKeyRights(anonymousRights('none')), NORTH)).toEqual(['publish'])
    expect(allowedAny(publishKeyRights(anonymousRights('view')), 'North')).toEqual(['view', 'publish'])
  })
})
