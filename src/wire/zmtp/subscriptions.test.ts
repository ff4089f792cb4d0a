import { expect, it } from 'vitest'
import { Subscriptions } from './subscriptions.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

it('wants what begins with one of its prefixes; the empty one is everything', () => {
  const subscriptions = new Subscriptions()
  expect(subscriptions.includes(bytes('abc'))).toBe(false)
  subscriptions.change('SUBSCRIBE', bytes('ab'))
  subscriptions.change('SUBSCRIBE', bytes('\xff'))
  expect(['abc', 'ab', 'a', 'b', '\xff\0'].map((text) => subscriptions.includes(bytes(text)))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ])
  subscriptions.change('SUBSCRIBE', bytes(''))
  expect(subscriptions.includes(bytes(''))).toBe(true)
})

it('wants it until it has cancelled as often as it has subscribed', () => {
  const subscriptions = new Subscriptions()
  subscriptions.change('CANCEL', bytes('a'))
  subscriptions.change('SUBSCRIBE', bytes('a'))
  subscriptions.change('SUBSCRIBE', bytes('a'))
  subscriptions.change('CANCEL', bytes('a'))
  expect(subscriptions.includes(bytes('a'))).toBe(true)
  subscriptions.change('CANCEL', bytes('a'))
  expect(subscriptions.includes(bytes('a'))).toBe(false)
})

it('holds no more than a hundred, none of them long', () => {
  const subscriptions = new Subscriptions()
  for (let i = 0; i < 100; i++) subscriptions.change('SUBSCRIBE', Buffer.from([i]))
  subscriptions.change('SUBSCRIBE', Buffer.from([0]))
  expect(() => subscriptions.change('SUBSCRIBE', Buffer.from([100]))).toThrow('has more than 100 subscriptions')
  expect(() => subscriptions.change('SUBSCRIBE', Buffer.alloc(256))).toThrow('subscribes to a topic of 256 bytes')
})
