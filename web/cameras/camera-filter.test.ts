import { expect, it } from 'vitest'
import { CAMERA_STATES } from '../../src/core/camera.ts'
import { countsOf, type FilteredCamera, shownSites } from './camera-filter.ts'

const cameras: FilteredCamera[] = CAMERA_STATES.map((state, i) => ({
  label: i < 3 ? 'Yard' : 'Home',
  key: state,
  state,
}))

it('cameras are listed by site and name, as people order them', () => {
  const some = ['cam 10', 'cam 2'].map((key) => ({ label: 'Yard', key, state: 'idle' as const }))
  const sites = shownSites([...some, { label: 'Home', key: 'door', state: 'live' }], 'all', '')
  expect(sites.map(({ label, cameras }) => [label, cameras.map(({ key }) => key)])).toEqual([
    ['Home', ['door']],
    ['Yard', ['cam 2', 'cam 10']],
  ])
})

it('every state is shown by exactly one filter besides all', () => {
  const { all, live, trouble, resting } = countsOf(cameras)
  expect(all).toBe(CAMERA_STATES.length)
  expect(live + trouble + resting).toBe(all)
  expect(trouble).toBe(2)
})

it('filter and search go together, and sites without a camera are left out', () => {
  expect(shownSites(cameras, 'trouble', 'home fail')).toMatchObject([{ label: 'Home', cameras: [{ key: 'failed' }] }])
  expect(shownSites(cameras, 'live', 'yard off')).toEqual([])
})
