import { expect, it } from 'vitest'
import type { PageSession } from '../access/session.ts'
import { editableSites, mayEditCameras } from './editable-sites.ts'

function sessionOf(labels: readonly string[] | undefined, may: PageSession['may'] = ['view', 'edit_cameras']) {
  return { kind: 'user', name: 'mei', may, user: { id: '1', username: 'mei', role: 'model_manager', labels } } as const
}

it('those of a user are their own and those that there are among them, in natural order', () => {
  expect(editableSites(sessionOf(['Yard 10', 'Yard 2']), ['North', 'Yard 2', 'Yard 10'])).toEqual(['Yard 2', 'Yard 10'])
})

it('all are open to who has all, be it by a star', () => {
  for (const labels of [undefined, ['*']])
    expect(editableSites(sessionOf(labels), ['North', 'East', 'North'])).toEqual(['East', 'North'])
})

it('none is open to who may not edit cameras, or before it is known', () => {
  expect(editableSites(sessionOf(['North'], ['view']), ['North'])).toEqual([])
  expect(mayEditCameras(undefined, 'North')).toBe(false)
})

it('a name is the same in any spelling', () => {
  expect(mayEditCameras(sessionOf(['Caf\u00e9']), 'Cafe\u0301')).toBe(true)
})
