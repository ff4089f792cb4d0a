import { describe, expect, it } from 'vitest'
import { webhookEvent } from './named-webhook.ts'

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

describe('what another system sends', () => {
  it.each([
    [
      { label: 'North', key: 'gate', open: true },
      { label: 'North', key: 'gate' },
    ],
    [{ label: 'North' }, { label: 'North' }],
    [{ label: 'North', key: 5 }, { label: 'North' }],
    [{ key: 'gate' }, {}],
    [{ label: '', key: 'gate' }, {}],
    [{ label: ['North'] }, {}],
    [{ label: 'a\nb' }, {}],
    [['label', 'North'], {}],
    ['text', {}],
    [null, {}],
  ])('belongs to what it names: %j', (data, target) => {
    expect(webhookEvent('gate', bytes(data))).toEqual({ type: 'webhook.gate', source: 'webhook', ...target, data })
  })

  it('has a name of a few plain characters', () => {
    for (const name of ['a', 'Grafana.alerts_2-x', 'x'.repeat(64)])
      expect(webhookEvent(name, bytes(1)).type).toBe(`webhook.${name}`)
    for (const name of ['', 'a b', 'ä', 'a/b', 'x'.repeat(65), 'a\n'])
      expect(() => webhookEvent(name, bytes(1)), name).toThrow(/name: 1 to 64 of the characters/)
  })
})
