import { statfs } from 'node:fs/promises'

/** How many bytes are free on the disk where a folder is. @throws the system's error */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
