import { isMantineColorScheme, type MantineColorSchemeManager } from '@mantine/core'
import { preferenceStores } from './preference-stores.ts'

let end: (() => void) | undefined

/** Stores Mantine's colour scheme (light or dark) with the other preferences. */
export const colorSchemeManager: MantineColorSchemeManager = {
  get: (usual) => read() ?? usual,
  set: (scheme) => preferenceStores.theme.set(scheme, 'chosen'),
  subscribe(onUpdate) {
    end = preferenceStores.theme.subscribe((origin) => {
      if (origin !== 'chosen') onUpdate(read() ?? 'auto')
    })
  },
  unsubscribe: () => end?.(),
  clear: () => preferenceStores.theme.set(undefined, 'chosen'),
}

function read() {
  const { text } = preferenceStores.theme
  return isMantineColorScheme(text) ? text : undefined
}
