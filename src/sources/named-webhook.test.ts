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
    expect(webhookEvent('gate', bytes(data), 100)).toEqual({ type: 'webhook.gate', source: 'webhook', ...target, data })
  })

  it('is refused when it holds too many values', () => {
    expect(webhookEvent('gate', bytes(Array(99).fill([])), 100)).toHaveProperty('data.length', 99)
    expect(() => webhookEvent('gate', bytes(Array(100).fill([])), 100)).toThrow(
      expect.objectContaining({
        code: 'too_large',
        message: 'body: at most 100 values (webhook.body_values)',
        limit: 'webhook.body_values',
      }),
    )
  })

  it('has a name of a few plain characters', () => {
    for (const name of ['a', 'Grafana.alerts_2-x', 'x'.repeat(64)])
      expect(webhookEvent(name, bytes(1), 100).type).toBe(`webhook.${name}`)
    for (const name of ['', 'a b', 'ä', 'a/b', 'x'.repeat(65), 'a\n'])
      expect(() => webhookEvent(name, bytes(1), 100), name).toThrow(/name: 1 to 64 of the characters/)
  })
})
