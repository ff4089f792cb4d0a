import { describe, expect, it } from 'vitest'
import { defaultSettings, deviceKind, nameProblem, readPublishSettings } from './publish-settings.ts'

const defaults = defaultSettings('phone', () => 0.5)

describe('the settings of the publish page', () => {
  it('name the stream after the device, with a suffix of its own', () => {
    expect(defaults).toMatchObject({ label: 'devices', key: expect.stringMatching(/^phone [a-z2-9]{4}$/) })
    expect(defaultSettings('phone', () => 0.999).key).not.toBe(defaults.key)
  })

  it('are what was remembered', () => {
    const chosen = { label: '工地', key: 'gate', camera: 'back', size: 1280, rate: 30, quality: 0.45 }
    expect(readPublishSettings(JSON.stringify(chosen), defaults)).toEqual(chosen)
  })

  it.each([
    undefined,
    '',
    'no JSON',
    'null',
    '[1]',
    '7',
    '{"label":"","key":5,"camera":1,"size":641,"rate":0,"quality":2}',
  ])('are the usual ones where %s was remembered', (text) => {
    expect(readPublishSettings(text, defaults)).toEqual(defaults)
  })
})

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0', 0, 'laptop camera'],
  ['Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/140.0 Mobile Safari/537.36', 5, 'phone'],
  ['Mozilla/5.0 (Linux; Android 16; SM-X700) Chrome/140.0 Safari/537.36', 5, 'tablet'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148', 5, 'phone'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15', 5, 'tablet'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15', 0, 'laptop camera'],
])('tells from %s (%i touch points) a %s', (userAgent, touchPoints, kind) => {
  expect(deviceKind(userAgent, touchPoints)).toBe(kind)
})

it('says what is wrong with a name', () => {
  expect(nameProblem('門口 1')).toBeUndefined()
  expect(nameProblem('  ')).toBe('nameEmpty')
  expect(nameProblem('a'.repeat(201))).toBe('nameLong')
  expect(nameProblem('a\u0007')).toBe('nameCharacters')
})
