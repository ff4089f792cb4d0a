import { renderYaml } from '../config/document.ts'
import type { CommandContext } from './context.ts'

/** `belvedere config`: prints a commented configuration file. */
export async function config({ stdout }: CommandContext): Promise<number> {
  stdout.write(renderYaml())
  return 0
}
