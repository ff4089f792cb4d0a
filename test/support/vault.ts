import { randomBytes } from 'node:crypto'
import { CameraVault } from '../../src/store/camera-vault.ts'

/** Encrypts what is stored of cameras with a key in memory. */
export function memoryVault(): CameraVault {
  const key = randomBytes(32)
  return new CameraVault({ read: () => [key], readOrMake: () => key })
}
