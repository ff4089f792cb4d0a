import type { KeyScope } from '../../../src/core/account-store.ts'
import { pythonText, shellWord } from '../../connect/publish-commands.ts'

/** The parameters of the commands. */
export interface KeyUse {
  /** The server's address, as this browser sees it. */
  readonly server: string
  readonly secret: string
  readonly scope: KeyScope
  /** A label that the key is valid for. */
  readonly label: string
}

/** A curl command that uses the key; by scope it publishes a picture, lists the streams, or lists the users. */
export function curlKeyCommand({ server: address, secret, scope, label }: KeyUse): string {
  const head = `curl -H ${shellWord(`Authorization: Bearer ${secret}`)} \\`
  if (scope !== 'publish') return [head, `     ${shellWord(address + listed(scope))}`].join('\n')
  const form = `     -F ${shellWord(`label=${label}`)} -F key=camera -F file=@photo.jpg \\`
  return [head, form, `     ${shellWord(`${address}/frames`)}`].join('\n')
}

/** The same in Python, with the key in a header. */
export function pythonKeyCommand({ server: address, secret, scope, label }: KeyUse): string {
  const session = [
    'import requests',
    'server = requests.Session()',
    `server.headers["Authorization"] = ${pythonText(`Bearer ${secret}`)}`,
  ]
  if (scope !== 'publish')
    return [...session, `print(server.get(${pythonText(address + listed(scope))}).json())`].join('\n')
  return [
    ...session,
    `stream = {"label": ${pythonText(label)}, "key": "camera"}`,
    'with open("photo.jpg", "rb") as picture:',
    `    server.post(${pythonText(`${address}/frames`)}, data=stream, files={"file": picture}).raise_for_status()`,
  ].join('\n')
}

function listed(scope: KeyScope): string {
  return scope === 'admin' ? '/users' : '/streams'
}
