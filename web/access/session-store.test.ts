import { describe, expect, it } from 'vitest'
import { HttpProblem } from './fetch-json.ts'
import { SessionStore } from './session-store.ts'

const ANONYMOUS = { kind: 'anonymous', name: '', may: [] }
const VIEWER = { ...ANONYMOUS, may: ['view'] }

describe('the session of a page', () => {
  it('is unknown until the server has said, and told of when it changes, not when it is the same', async () => {
    const answers: unknown[] = [VIEWER, VIEWER, ANONYMOUS]
    const store = new SessionStore(async () => answers.shift())
    const seen: unknown[] = []
    store.subscribe(() => seen.push(store.current.session?.may))
    expect(store.current.session).toBeUndefined()
    await store.refresh()
    await store.refresh()
    await store.refresh()
    expect(seen).toEqual([['view'], []])
  })

  it('is asked for once, however many want to know', async () => {
    let asked = 0
    const store = new SessionStore(async () => {
      asked++
      return VIEWER
    })
    await Promise.all([store.refresh(), store.refresh()])
    expect(asked).toBe(1)
  })

  it('stays as it was when the server does not answer, or answers nonsense', async () => {
    const answers: (() => unknown)[] = [
      () => VIEWER,
      () => {
        throw new HttpProblem(0, '')
      },
      () => '<html>',
    ]
    const store = new SessionStore(async () => answers.shift()?.())
    for (let i = 0; i < 3; i++) expect((await store.refresh()).session?.may).toEqual(['view'])
  })

  it('is refused when the token that the tab came with is not known', async () => {
    const store = new SessionStore(async () => {
      throw new HttpProblem(401, 'This link has ended.')
    })
    const problem = new HttpProblem(401, 'This link has ended.')
    expect(await store.refresh()).toEqual({ session: undefined, refusal: 'This link has ended.', problem })
  })

  it('is not refused by a proxy, which knows nothing of it', async () => {
    const answers: unknown[] = [VIEWER, new HttpProblem(401, ''), '<html>', VIEWER]
    const store = new SessionStore(async () => {
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      return answer
    })
    const seen: unknown[] = []
    for (let i = 0; i < 4; i++) {
      const { session, refusal, problem } = await store.refresh()
      seen.push([session?.may, refusal, problem?.isProxySignIn])
    }
    const proxied = [['view'], undefined, true]
    expect(seen).toEqual([[['view'], undefined, undefined], proxied, proxied, [['view'], undefined, undefined]])
  })

  it('is not asked for while it is about to change', async () => {
    const order: string[] = []
    const store = new SessionStore(async () => {
      order.push('asked')
      return VIEWER
    })
    let finish = () => {}
    const change = store.change(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      order.push('changed')
    })
    const refresh = store.refresh()
    finish()
    await Promise.all([change, refresh])
    expect(order).toEqual(['changed', 'asked'])
  })
})
