import { useCallback, useState } from 'react'
import type { HttpProblem } from '../../access/fetch-json.ts'
import { useLoaded } from '../use-loaded.ts'
import { type Credentials, loadCredentials } from './api.ts'

/** What a user has made, and whether it is to be revoked with what is taken from the user. */
export interface CredentialsChoice extends Credentials {
  /** Why it is not known; undefined if it is, or is still being loaded. */
  readonly failure: HttpProblem | undefined
  /** Never true for what was not shown. */
  readonly isRevoking: boolean
  readonly choose: (isRevoking: boolean) => void
}

/** A hook: loads what a user has made; revoking it is the default. @param name undefined: nothing is taken from anybody */
export function useCredentials(name: string | undefined): CredentialsChoice {
  const load = useCallback(
    async (signal: AbortSignal) => (name === undefined ? NOTHING : loadCredentials(name, signal)),
    [name],
  )
  const { value = NOTHING, failure } = useLoaded(load)
  const [isRevoking, choose] = useState(true)
  const isShown = name !== undefined && value.keys.length + value.links.length > 0
  return { ...(isShown ? value : NOTHING), failure, isRevoking: isShown && isRevoking, choose }
}

const NOTHING: Credentials = { keys: [], links: [] }
