import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './CameraTestPart.module.css'
import { codecName } from './codec-name.ts'
import type { TestOutcome } from './use-camera-draft.ts'

/** The test of a camera: a picture of it, or that there is none. */
export function CameraTestPart({ outcome, onTest }: { outcome: TestOutcome | undefined; onTest: () => void }) {
  const { t } = useTranslation('cameras')
  const isTesting = outcome?.kind === 'testing'
  return (
    <div className={classes.test}>
      <div className={classes.line}>
        <Button variant="default" className={classes.button} loading={isTesting} onClick={onTest}>
          {t(outcome && !isTesting ? 'testAgain' : 'test')}
        </Button>
        <p role="status" data-failed={outcome?.kind === 'failed' || undefined}>
          <TestText outcome={outcome} />
        </p>
      </div>
      {outcome?.kind === 'picture' && (
        <img className={classes.picture} src={outcome.test.picture} alt={t('testPicture')} />
      )}
    </div>
  )
}

function TestText({ outcome }: { outcome: TestOutcome | undefined }) {
  const { t } = useTranslation('cameras')
  if (!outcome) return t('testHint')
  if (outcome.kind === 'testing') return t('testing')
  if (outcome.kind === 'failed') return outcome.reason || t('testFailed')
  const { width, height, codec, tookMs } = outcome.test
  const facts = { width, height, seconds: (tookMs / 1000).toFixed(1) }
  return codec ? t('testFacts', { ...facts, codec: codecName(codec) }) : t('testFactsNoCodec', facts)
}
