import { isMantineColorScheme, type MantineColorSchemeManager } from '@mantine/core'
import { stores } from './preference-stores.ts'

let end: (() => void) | undefined

/** Where Mantine remembers light or dark: with the other preferences. */
export const colorSchemeManager: MantineColorSchemeManager = {
  get: (usual) => read() ?? usual,
  set: (scheme) => stores.theme.set(scheme, 'chosen'),
  subscribe(onUpdate) {
    end = stores.theme.subscribe((origin) => {
      if (origin !== 'chosen') onUpdate(read() ?? 'auto')
    })
  },
  unsubscribe: () => end?.(),
  clear: () => stores.theme.set(undefined, 'chosen'),
}

function read() {
  const { text } = stores.theme
  return isMantineColorScheme(text) ? text : undefined
}
