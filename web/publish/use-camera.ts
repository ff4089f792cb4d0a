import { useEffect, useState } from 'react'
import { useStore } from '../hooks/use-store.ts'
import type { CameraChoice } from './camera-constraints.ts'
import { type CameraState, DeviceCamera } from './device-camera.ts'
import { deviceKind } from './publish-settings.ts'

/** A hook: this device's camera and its state; turned off on unmount. */
export function useCamera(): { camera: DeviceCamera; state: CameraState; choices: readonly CameraChoice[] } {
  const [camera] = useState(
    () => new DeviceCamera(deviceKind(navigator.userAgent, navigator.maxTouchPoints) !== 'laptop camera'),
  )
  useEffect(() => () => camera.close(), [camera])
  return {
    camera,
    state: useStore(camera, (each) => each.state),
    choices: useStore(camera, (each) => each.choices),
  }
}
