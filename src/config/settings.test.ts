import { expect, it } from 'vitest'
import { allowed, SETTINGS } from './settings.ts'

const settings = [...SETTINGS.values()]

it('every setting has a name of its own in the environment', () => {
  expect(new Set(settings.map(({ variable }) => variable)).size).toBe(settings.length)
  expect(SETTINGS.get('http.body_bytes')?.variable).toBe('BELVEDERE_HTTP_BODY_BYTES')
})

it.each(settings)('$path is described, bounded, and has a default that it accepts', ({ path, facts, accepts }) => {
  expect(facts.description).toMatch(/^[A-Z].*\.$/)
  expect(allowed(facts)).not.toMatch(/undefined|texts$/)
  if (path !== 'publish_key') expect(accepts(facts.default)).toBe(true)
})
