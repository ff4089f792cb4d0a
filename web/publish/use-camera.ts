import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { DeviceCamera, type CameraState } from './device-camera.ts'
import type { CameraChoice } from './camera-constraints.ts'
import { deviceKind } from './publish-settings.ts'

/** This device's camera, off when the component goes, and how it does. */
export function useCamera(): { camera: DeviceCamera; state: CameraState; choices: readonly CameraChoice[] } {
  const [camera] = useState(
    () => new DeviceCamera(deviceKind(navigator.userAgent, navigator.maxTouchPoints) !== 'laptop camera'),
  )
  const subscribe = useCallback((listener: () => void) => camera.subscribe(listener), [camera])
  useEffect(() => () => camera.close(), [camera])
  return {
    camera,
    state: useSyncExternalStore(subscribe, () => camera.state),
    choices: useSyncExternalStore(subscribe, () => camera.choices),
  }
}
