import { join } from 'node:path'
import { Program } from './program.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** The bytes of an image that it sends: 640 × 480 float64. */
export const IMAGE_BYTES = 640 * 480 * 8

/** A simulated beamline that sends as many pulses a second to whoever connects (PUSH). */
export async function startBeamline(rate: number): Promise<{ readonly address: string; readonly port: string }> {
  const sender = new Program(process.execPath, [MAIN, 'simulate', 'beamline', '-o', '0', '--rate', String(rate)])
  const [address = '', port = ''] = await sender.line(/tcp:\/\/[\d.]+:(\d+)/)
  return { address, port }
}
