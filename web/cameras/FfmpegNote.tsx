import { useTranslation } from 'react-i18next'
import { WarningNote } from '../admin/WarningNote.tsx'
import { CodeBlock } from '../components/CodeBlock.tsx'
import classes from './FfmpegNote.module.css'

/** Says that FFmpeg is missing or too old, with the command that installs it. @param props.problem the server's sentence */
export function FfmpegNote({ problem }: { problem: string }) {
  const { t } = useTranslation('cameras')
  return (
    <section className={classes.note} aria-label={t('ffmpegTitle')}>
      <WarningNote text={problem} />
      <CodeBlock name={t('ffmpegCommand')} text={t('ffmpegText')} code={COMMAND} />
    </section>
  )
}

const COMMAND = 'sudo apt-get install -y ffmpeg'
