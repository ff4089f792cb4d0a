import { expect, it } from 'vitest'
import { Refusal } from './errors.ts'

it('takes no stack trace of a refusal, and leaves those of all other errors alone', () => {
  const refusal = new Refusal('limited', 'too many', { retryAfter: 3, limit: 'limits.watches' })
  expect(refusal).toBeInstanceOf(Error)
  expect(refusal).toMatchObject({
    name: 'Refusal',
    code: 'limited',
    message: 'too many',
    retryAfter: 3,
    limit: 'limits.watches',
  })
  expect(refusal.stack).not.toContain('errors.test')
  expect(new Error('ours').stack).toContain('errors.test')
})
