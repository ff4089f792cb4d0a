import type { TestProject } from 'vitest/node'
import { launchSharedChromium } from './launch.ts'

/**
 * Two fake cameras without a permission prompt, which the headless shell cannot show; and a host name for this machine
 * that is not recognized as loopback.
 */
const FLAGS = [
  '--use-fake-device-for-media-stream=device-count=2',
  '--use-fake-ui-for-media-stream',
  '--host-resolver-rules=MAP camera.test 127.0.0.1',
]

/** Vitest global setup: launches one Chromium for all test files of a suite. @returns a function that closes it */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await launchSharedChromium(FLAGS)
  project.provide('chromium', server.wsEndpoint())
  return () => server.close()
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The WebSocket endpoint of this suite's Chromium. */
    chromium: string
  }
}
