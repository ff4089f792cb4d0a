import { describe, expect, it } from 'vitest'
import { constraintsFor, fitSize } from './camera-constraints.ts'
import { cameraTroubleOf } from './camera-trouble.ts'

describe('a picture that is sent', () => {
  it.each([
    [1920, 1080, 640, 640, 360],
    [1080, 1920, 640, 360, 640],
    [640, 480, 1280, 640, 480],
    [4000, 1, 320, 320, 1],
  ])('of %i × %i and at most %i is %i × %i', (width, height, longest, wanted, tall) => {
    expect(fitSize(width, height, longest)).toEqual({ width: wanted, height: tall })
  })
})

describe('what the browser is asked for', () => {
  it('is the side of a phone, a certain camera, or any', () => {
    expect(constraintsFor('back', 640)).toMatchObject({ width: { ideal: 640 }, facingMode: { ideal: 'environment' } })
    expect(constraintsFor('abc', 640)).toMatchObject({ deviceId: { exact: 'abc' } })
    expect(constraintsFor(undefined, 640)).not.toHaveProperty('deviceId')
  })
})

it.each([
  ['NotAllowedError', 'Denied'],
  ['NotFoundError', 'Missing'],
  ['NotReadableError', 'Busy'],
  ['SomethingNew', 'Unknown'],
])('knows what %s means', (name, kind) => {
  expect(cameraTroubleOf(new DOMException('words', name))).toEqual({ kind, reason: 'words' })
})

it('makes do with errors that are none', () => {
  expect(cameraTroubleOf('words')).toEqual({ kind: 'Unknown', reason: 'words' })
})
