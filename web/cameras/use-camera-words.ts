import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { SourceWords } from '../live/liveness-status.ts'
import { isInTrouble } from './camera-filter.ts'
import type { CameraStatus } from './camera-status.ts'

/**
 * A hook: what is said over the picture of a camera that is not live, in the reader's language; the server's own sentences are
 * longer, and in English.
 */
export function useCameraWords(camera: Pick<CameraStatus, 'state' | 'problem'> | undefined): SourceWords | undefined {
  const { t } = useTranslation('cameras')
  const { state, problem } = camera ?? {}
  return useMemo(() => {
    if (state === undefined) return undefined
    const starting = state === 'connecting' ? t('connecting') : undefined
    if (state === 'off') return { starting, reason: t('switchedOff') }
    return { starting, reason: isInTrouble({ state }) && problem ? t(`problem.${problem}`) : undefined }
  }, [t, state, problem])
}
