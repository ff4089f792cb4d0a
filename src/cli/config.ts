import { renderYaml } from '../config/document.ts'

/** `belvedere config`: prints a commented configuration file. */
export async function config(): Promise<number> {
  process.stdout.write(renderYaml())
  return 0
}
