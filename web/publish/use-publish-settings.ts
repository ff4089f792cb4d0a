import { useState } from 'react'
import { readStored, writeStored } from '../browser-storage.ts'
import { defaultSettings, deviceKind, type PublishSettings, readPublishSettings } from './publish-settings.ts'

/** A hook: the stored publish settings, and a function that changes some of them. */
export function usePublishSettings(): [PublishSettings, (change: Partial<PublishSettings>) => void] {
  const [settings, setSettings] = useState(remembered)
  const change = (some: Partial<PublishSettings>) => {
    const changed = { ...settings, ...some }
    setSettings(changed)
    remember(changed)
  }
  return [settings, change]
}

const STORED_AS = 'belvedere.publish'

function remembered(): PublishSettings {
  const kind = deviceKind(navigator.userAgent, navigator.maxTouchPoints)
  const settings = readPublishSettings(readStored(STORED_AS), defaultSettings(kind, Math.random))
  // Stored even if unchanged, so that the next visit has the same stream name.
  remember(settings)
  return settings
}

function remember(settings: PublishSettings): void {
  writeStored(STORED_AS, JSON.stringify(settings))
}
