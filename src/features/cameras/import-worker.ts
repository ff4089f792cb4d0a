/*
 * The thread that reads the configuration of another program. Imported anywhere else (the start script imports it to compile
 * it beforehand) it does nothing.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { parse, YAMLParseError } from 'yaml'
import { Refusal } from '../../core/errors.ts'
import { type CameraImport, readCameraImport } from '../../wire/camera-import/read-import.ts'

/** What the thread has found, or why the text is refused. */
export type ImportAnswer = { readonly found: CameraImport } | { readonly problem: string }

if (!isMainThread && parentPort && typeof workerData === 'string') parentPort.postMessage(readImportText(workerData))

/** Reads the text of a configuration, which may take minutes. */
export function readImportText(text: string): ImportAnswer {
  try {
    // Both programs read merge keys, and neither minds a key that is there twice.
    return { found: readCameraImport(parse(text, { merge: true, uniqueKeys: false, logLevel: 'error' })) }
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message }
    return { problem: `text: is no YAML: ${placeOf(error)}` }
  }
}

/** Where it goes wrong, without the parser's message, which may repeat what is there: a password. */
function placeOf(error: unknown): string {
  if (!(error instanceof YAMLParseError)) return 'it nests too deeply, or repeats too much'
  const line = error.linePos?.[0].line
  const what = error.code.toLowerCase().replaceAll('_', ' ')
  return line === undefined ? what : `line ${line}, ${what}`
}
