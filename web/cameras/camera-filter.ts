import type { CameraState } from '../../src/core/camera.ts'
import { naturalOrder, orderOfStreams } from '../../src/core/name-order.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import { streamSearch } from '../live/stream-search.ts'

/** Which cameras are shown. `resting`: those of which nothing is wanted now. */
export const CAMERA_FILTERS = ['all', 'live', 'trouble', 'resting'] as const

/** One of them. */
export type CameraFilter = (typeof CAMERA_FILTERS)[number]

/** What the filters look at. */
export interface FilteredCamera extends StreamName {
  readonly state: CameraState
}

/** The cameras of one site. */
export interface CameraSite<Camera> {
  readonly label: string
  readonly cameras: readonly Camera[]
}

/** Whether something is wrong with it. */
export function isInTrouble({ state }: Pick<FilteredCamera, 'state'>): boolean {
  return state === 'failed' || state === 'stopped'
}

/** How many cameras each filter shows. */
export function countsOf(cameras: readonly FilteredCamera[]): Readonly<Record<CameraFilter, number>> {
  const count = (filter: CameraFilter) => cameras.filter((camera) => fits(camera, filter)).length
  return { all: cameras.length, live: count('live'), trouble: count('trouble'), resting: count('resting') }
}

/** The cameras that are shown, by site, both in natural order. @param search words of site or name */
export function shownSites<Camera extends FilteredCamera>(
  cameras: readonly Camera[],
  filter: CameraFilter,
  search: string,
): CameraSite<Camera>[] {
  const isFound = streamSearch(search)
  const sites = new Map<string, Camera[]>()
  for (const camera of cameras.toSorted(orderOfStreams(naturalOrder()))) {
    if (!fits(camera, filter) || !isFound(camera)) continue
    const known = sites.get(camera.label)
    if (known) known.push(camera)
    else sites.set(camera.label, [camera])
  }
  return [...sites].map(([label, found]) => ({ label, cameras: found }))
}

function fits(camera: FilteredCamera, filter: CameraFilter): boolean {
  return filter === 'all' || FILTER_OF[camera.state] === filter
}

const FILTER_OF: Readonly<Record<CameraState, CameraFilter>> = {
  live: 'live',
  connecting: 'live',
  failed: 'trouble',
  stopped: 'trouble',
  idle: 'resting',
  off: 'resting',
  yielding: 'resting',
}
