import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import type { EventInput } from '../core/event.ts'
import type { Report } from '../core/report.ts'
import { signInReporter } from './sign-in-reporter.ts'

function make(perMinute = 30) {
  const clock = new ManualClock()
  const events: Omit<EventInput, 'source'>[] = []
  const limits: string[] = []
  const counters = { limited: (limit: string) => limits.push(limit) }
  const publishers: (string | undefined)[] = []
  const report: Report = (event, options) => {
    events.push(event)
    publishers.push(options?.publisher)
  }
  const refused = signInReporter({ clock, counters, report, perMinute })
  const signIn = (address: string, who = 'ann', action = 'session.open') => refused({ who, address }, { action })
  return { clock, events, publishers, limits, signIn, data: () => events.splice(0).map(({ data }) => data) }
}

it('reports one refused sign-in an address and minute, and how many others there were', () => {
  const { clock, events, signIn, data } = make()
  signIn('192.0.2.1', 'a'.repeat(1000))
  expect(events).toEqual([
    {
      type: 'sign_in_refused',
      needs: 'administer',
      data: { address: '192.0.2.1', name: 'a'.repeat(200), not_reported: 0 },
    },
  ])
  data()
  for (let i = 0; i < 5; i++) signIn('192.0.2.1')
  signIn('192.0.2.2')
  expect(data()).toEqual([{ address: '192.0.2.2', name: 'ann', not_reported: 5 }])
  // Of one network.
  signIn('2001:db8::1')
  signIn('2001:db8::2')
  expect(data()).toEqual([{ address: '2001:db8::1', name: 'ann', not_reported: 0 }])
  clock.advance(60_000)
  signIn('192.0.2.1')
  expect(data()).toEqual([{ address: '192.0.2.1', name: 'ann', not_reported: 1 }])
})

it('does not report too many, from however many addresses', () => {
  const { clock, events, limits, signIn, data } = make(3)
  for (let i = 0; i < 10; i++) signIn(`192.0.2.${i}`)
  expect(events).toHaveLength(3)
  expect(limits).toContain('events.refused_sign_ins_per_minute')
  data()
  clock.advance(60_000)
  signIn('192.0.2.9')
  expect(data()).toEqual([{ address: '192.0.2.9', name: 'ann', not_reported: 7 }])
})

it('takes nothing of what is reported of an address for what is too many in all', () => {
  const { clock, signIn, data } = make(1)
  signIn('192.0.2.1')
  clock.advance(30_000)
  signIn('192.0.2.2')
  data()
  clock.advance(30_000)
  signIn('192.0.2.2')
  expect(data()).toEqual([{ address: '192.0.2.2', name: 'ann', not_reported: 1 }])
})

it('reports in a share of its own, so that nothing else that the server reports is pushed out', () => {
  const { publishers, signIn } = make()
  signIn('192.0.2.1')
  expect(publishers).toEqual([expect.stringMatching(/^system:(?!the server$)/)])
})

it('reports no other refusals', () => {
  const { events, signIn } = make()
  signIn('192.0.2.1', 'ann', 'request')
  expect(events).toEqual([])
})
