import { describe, expect, it } from 'vitest'
import { HttpProblem } from '../access/fetch-json.ts'
import {
  addressProblem,
  type CameraDraft,
  fieldOf,
  fieldsToSend,
  hasCertificate,
  isOtherHost,
  isRtsp,
  NEW_CAMERA,
  nameProblem,
  sentenceAt,
} from './camera-draft.ts'

const KNOWN: CameraDraft = { ...NEW_CAMERA, url: 'rtsp://10.0.0.9/a', user: 'admin', label: 'Yard', key: 'gate' }

describe('what is sent', () => {
  it('is all that was filled in of a new camera', () => {
    expect(fieldsToSend({ ...NEW_CAMERA, url: 'rtsp://10.0.0.9/a', label: 'Yard', key: 'gate' })).toEqual({
      url: 'rtsp://10.0.0.9/a',
      label: 'Yard',
      key: 'gate',
      runs: 'on-demand',
      certificate: 'verified',
      transport: 'auto',
    })
  })

  it('is what was changed of a known one, whose password stays unless another is typed', () => {
    expect(fieldsToSend({ ...KNOWN, runs: 'always' }, KNOWN)).toEqual({ runs: 'always' })
    expect(fieldsToSend({ ...KNOWN, password: 'P@ss#1%0X' }, KNOWN)).toEqual({ password: 'P@ss#1%0X' })
  })

  it('takes the password away with the user name', () => {
    expect(fieldsToSend({ ...KNOWN, user: '' }, KNOWN)).toEqual({ user: '', password: '' })
  })
})

describe('a refusal is shown', () => {
  it.each([
    [new HttpProblem(422, 'The camera refuses the log-in.', undefined, { problem: 'password' }), 'password'],
    [new HttpProblem(422, 'It is self-signed.', undefined, { problem: 'certificate' }), 'certificate'],
    [new HttpProblem(422, 'No connection.', undefined, { problem: 'unreachable' }), 'url'],
    [new HttpProblem(422, 'FFmpeg is missing.', undefined, { problem: 'ffmpeg' }), undefined],
    [new HttpProblem(422, 'url: must name a host'), 'url'],
    [new HttpProblem(409, 'There is a camera Yard/gate already'), 'key'],
    [new HttpProblem(503, 'Too busy'), undefined],
  ])('at the field that it is about: %s', (problem, field) => {
    expect(fieldOf(problem)).toBe(field)
  })

  it('without the name of the field', () => {
    expect(sentenceAt('url', 'url: must name a host')).toBe('Must name a host')
    expect(sentenceAt('url', 'The camera says: no')).toBe('The camera says: no')
  })
})

it('an address is asked for, and its placeholders', () => {
  expect(addressProblem({ ...KNOWN, url: ' ' })).toBe('urlMissing')
  expect(addressProblem({ ...KNOWN, url: 'rtsp://ADDRESS:554/stream1' })).toBe('urlPlaceholder')
  expect(addressProblem(KNOWN)).toBeUndefined()
})

it('names are asked for', () => {
  expect([nameProblem('label', ' '), nameProblem('key', ''), nameProblem('key', 'a\u0000b')]).toEqual([
    'siteMissing',
    'nameMissing',
    'nameWrong',
  ])
  expect(nameProblem('key', ' gate ')).toBeUndefined()
})

it('a stored password is kept for the same host, whatever the port and the path', () => {
  expect(isOtherHost('RTSP://10.0.0.9:8554/b', KNOWN.url)).toBe(false)
  expect(isOtherHost('rtsp://10.0.0.10/a', KNOWN.url)).toBe(true)
  expect(isOtherHost('rtsp://', KNOWN.url)).toBe(true)
})

it('the scheme says what else there is to choose', () => {
  expect(['https://a/', ' RTSPS://a/', 'rtsp://a/'].map(hasCertificate)).toEqual([true, true, false])
  expect(['https://a/', ' RTSPS://a/', 'rtsp://a/'].map(isRtsp)).toEqual([false, true, true])
})
