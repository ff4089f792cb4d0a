import type { TestProject } from 'vitest/node'
import { launchSharedChromium } from './launch.ts'

/**
 * Two cameras for whoever wants them, since Chromium without windows cannot ask; and a name under which this machine is
 * not known as this machine.
 */
const FLAGS = [
  '--use-fake-device-for-media-stream=device-count=2',
  '--use-fake-ui-for-media-stream',
  '--host-resolver-rules=MAP camera.test 127.0.0.1',
]

/** Launches one Chromium for all test files of a suite. @returns what ends it */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await launchSharedChromium(FLAGS)
  project.provide('chromium', server.wsEndpoint())
  return () => server.close()
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the Chromium of this suite takes connections. */
    chromium: string
  }
}
