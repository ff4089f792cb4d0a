import { expect, it } from 'vitest'
import { readVersion } from './ffmpeg-version.ts'

const BUILT = (library: string) =>
  `built with gcc 12\nlibavutil      57. 28.100\nlibavformat    ${library} / 59. 27.100\n`

it.each([
  ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026', '5.1.9', true],
  ['ffmpeg version n7.1 Copyright', '7.1', true],
  ['ffmpeg version 10.0', '10.0', true],
  ['ffmpeg version 5.0.3 Copyright', '5.0.3', false],
  ['ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright', '4.4.2', false],
  [`ffmpeg version N-118000-g1a2b3c Copyright\n${BUILT('61.  9.107')}`, 'N-118000-g1a2b3c', true],
  [`ffmpeg version git-2021-01-01 Copyright\n${BUILT('58. 76.100')}`, 'git-2021-01-01', false],
])('%s', (output, version, isNewEnough) => {
  expect(readVersion(output)).toEqual({ version, isNewEnough })
})

it.each(['', 'ffprobe version 5.1', 'setpriv: unrecognized option'])('"%s" is no version', (output) => {
  expect(readVersion(output)).toBeUndefined()
})
