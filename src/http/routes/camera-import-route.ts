import Type from 'typebox'
import type { CameraSettings } from '../../core/camera.ts'
import type { CameraList } from '../../core/camera-list.ts'
import { Refusal } from '../../core/errors.ts'
import { authorize, checkNotEnded, type Principal } from '../../core/principal.ts'
import { checkName, isName } from '../../core/stream-name.ts'
import { maskSecrets } from '../../core/url-secrets.ts'
import { readNewCamera } from '../../wire/camera-fields.ts'
import type { CameraImport, ImportedCamera } from '../../wire/camera-import/read-import.ts'
import { isJsonObject } from '../../wire/json.ts'
import type { App } from '../transport/app.ts'
import { UNCHECKED } from '../transport/raw-bodies.ts'
import { principalOf } from '../transport/request-guard.ts'
import { type AccountRouteParts, actorOf } from './account-parts.ts'
import { placeOf } from './camera-routes.ts'
import { ImportSchema } from './camera-schemas.ts'
import type { CameraTests } from './camera-tests.ts'

/** What the import of cameras needs. */
export interface CameraImportParts extends AccountRouteParts {
  readonly cameras: CameraList
  readonly tests: Pick<CameraTests, 'count'>
  /** Reads the configuration of another program. @throws Refusal `invalid`, `unavailable` */
  readonly read: (text: string) => Promise<CameraImport>
}

/** The longest text, in UTF-16 units. */
const MAX_TEXT_LENGTH = 200_000

/** The site of cameras for which none is given. */
const DEFAULT_LABEL = 'Cameras'

/** `POST /cameras/import`: reads the cameras in a configuration of go2rtc or Frigate, and adds those that are wanted. */
export function cameraImportRoute(app: App, parts: CameraImportParts): void {
  const { guard, cameras, tests, read } = parts
  const { audit } = parts.accounts
  app.post(
    '/cameras/import',
    {
      onRequest: guard.require('edit_cameras'),
      validatorCompiler: UNCHECKED,
      schema: {
        summary: 'The cameras in a configuration of go2rtc or Frigate; adds those that are named',
        tags: ['cameras'],
        security: [{ key: [] }],
        body: Type.Object({
          text: Type.String({ description: 'Its YAML' }),
          label: Type.Optional(Type.String({ description: `The site of all of them; ${DEFAULT_LABEL} if left out` })),
          add: Type.Optional(
            Type.Array(Type.String(), { description: 'The names, as they are there, of those to add; left out: none' }),
          ),
        }),
        response: { 200: ImportSchema },
      },
    },
    async (request) => {
      const { text, label, add } = readBody(request.body)
      authorize(principalOf(request), 'edit_cameras', { label })
      tests.count(guard.holderOf(request).client)
      const { format, cameras: found } = await read(text)
      const entries = []
      for (const camera of found) {
        const principal = principalOf(request)
        const { settings, reason } = entryOf(cameras, principal, label, camera)
        const shown = { name: camera.name, label, key: camera.name, url: maskSecrets(camera.url) }
        const outcome =
          settings && add.has(camera.name)
            ? await addedOrNot(cameras, principal, settings)
            : { can_add: settings !== undefined, reason, added: false }
        if (settings && outcome.added) {
          const target = `${label}/${camera.name}`
          audit.note(actorOf(parts, request), {
            action: 'camera.add',
            target,
            detail: `${placeOf(settings)}, imported`,
          })
        }
        entries.push({ ...shown, ...outcome })
      }
      checkNotEnded(principalOf(request))
      return { format, cameras: entries }
    },
  )
}

function readBody(body: unknown): { readonly text: string; readonly label: string; readonly add: ReadonlySet<string> } {
  const { text, label = DEFAULT_LABEL, add = [] } = isJsonObject(body) ? body : {}
  if (typeof text !== 'string') throw new Refusal('invalid', 'text: a text is required')
  if (text.length > MAX_TEXT_LENGTH)
    throw new Refusal(
      'too_large',
      `text: at most ${MAX_TEXT_LENGTH} characters; leave out what has nothing to do with cameras`,
    )
  if (!Array.isArray(add)) throw new Refusal('invalid', 'add: must be a list of names')
  return { text, label: checkName('label', label), add: new Set(add.filter((name) => typeof name === 'string')) }
}

/** The camera that an entry would become, or why it cannot. */
function entryOf(
  cameras: CameraList,
  principal: Principal,
  label: string,
  { name, url, certificate, reason }: ImportedCamera,
): { readonly settings?: CameraSettings; readonly reason: string | null } {
  authorize(principal, 'edit_cameras', { label })
  if (reason !== undefined) return { reason: maskSecrets(reason) }
  if (!isName(name)) return { reason: 'Its name cannot be that of a stream.' }
  if (cameras.has({ label, key: name })) return { reason: `There is a camera "${label}/${name}" already.` }
  try {
    return { settings: readNewCamera({ url, label, key: name, certificate }), reason: null }
  } catch (error) {
    if (error instanceof Refusal) return { reason: maskSecrets(`${error.message}.`) }
    throw error
  }
}

/** Adds a camera; a limit or a name that was taken meanwhile is told with it, as others may have been added before. */
async function addedOrNot(cameras: CameraList, principal: Principal, settings: CameraSettings) {
  try {
    await cameras.add(principal, settings)
    return { can_add: true, reason: null, added: true }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { can_add: false, reason: error.message, added: false }
  }
}
