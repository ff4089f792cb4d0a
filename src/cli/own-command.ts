import { resolve } from 'node:path'
import type { Config } from '../config/all-settings.ts'

/** Where a server runs. */
export type Place = Pick<Config, 'data_dir' | 'port'>

/**
 * What a person types, in a shell, to give one of our commands in the data folder of a server.
 * @param words "user password admin" @param checkout the folder where commands are given
 */
export function ownCommand(words: string, { data_dir }: Pick<Place, 'data_dir'>, checkout: string): string {
  const folder = data_dir === resolve(checkout, 'data') ? '' : ` --data-dir ${quoted(data_dir)}`
  return `npx belvedere ${words}${folder}`
}

/** What a person types to have the key of a server printed, and its link. @param checkout as in `ownCommand` */
export function keyCommand(place: Place, checkout: string): string {
  return `${ownCommand('key', place, checkout)}${place.port === DEFAULT_PORT ? '' : ` --port ${place.port}`}`
}

const DEFAULT_PORT = 8000

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w./+:@%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
