import { may } from './authorization.ts'
import type { Principal } from './principal.ts'
import type { StreamDirectory } from './stream-directory.ts'
import type { StreamName } from './stream-name.ts'

/** The camera of a doorbell, for those who name none. */
export class DefaultCamera {
  readonly #directory: StreamDirectory
  readonly #configured: StreamName | undefined

  /** @param configured `streaming.camera`; undefined: the first stream that the asker may see */
  constructor(directory: StreamDirectory, configured: StreamName | undefined) {
    this.#directory = directory
    this.#configured = configured
  }

  /**
   * Its name, also if the principal may not see it; undefined if there is none.
   * @throws Refusal `forbidden` if none is configured and the principal may see nothing
   */
  of(principal: Principal): StreamName | undefined {
    if (this.#configured) return this.#configured
    const first = this.#directory.list(principal).find(({ remembered }) => !remembered)
    return first && { label: first.label, key: first.key }
  }

  /** Its name, LABEL/KEY, and its state, as the principal may know them: else `null` and "none". */
  statusFor(principal: Principal): { readonly camera: string | null; readonly camera_status: string } {
    const camera = this.of(principal)
    if (camera === undefined || !may(principal, 'view', camera)) return { camera: null, camera_status: 'none' }
    return { camera: `${camera.label}/${camera.key}`, camera_status: this.#stateOf(principal, camera) }
  }

  #stateOf(principal: Principal, camera: StreamName): string {
    return this.#directory.isKnown(principal, camera) ? this.#directory.condition(principal, camera).state : 'none'
  }
}
