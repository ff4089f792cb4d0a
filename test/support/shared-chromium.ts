import type { TestProject } from 'vitest/node'
import { launchSharedChromium, launchSharedHeadlessShell } from './launch.ts'

/** Cameras for whom the test lets use them, and a name under which this machine is not known as this machine. */
const CAMERA_FLAGS = [
  '--use-fake-device-for-media-stream=device-count=2',
  '--host-resolver-rules=MAP camera.test 127.0.0.1',
]

/** Launches the browsers that all test files of a suite share. @returns what ends them */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const [shell, withCameras] = await Promise.all([launchSharedHeadlessShell(), launchSharedChromium(CAMERA_FLAGS)])
  project.provide('chromium', shell.wsEndpoint())
  project.provide('chromiumWithCameras', withCameras.wsEndpoint())
  return async () => {
    await Promise.all([shell.close(), withCameras.close()])
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the Chromium of this suite takes connections: without windows, and so without questions to a user. */
    chromium: string
    /** The same of one that has cameras and asks before a page uses them. */
    chromiumWithCameras: string
  }
}
