import { describe, expect, it } from 'vitest'
import { PreferenceSync } from './preference-sync.ts'
import type { PreferenceDocument } from './preferences.ts'

/** A fake account with this document, and a page that syncs with it. */
function pageOf(document: PreferenceDocument) {
  const account = { document, isDown: false, saves: 0, lastSaves: 0 }
  let due: (() => void) | undefined
  const sync = new PreferenceSync(
    {
      async load() {
        if (account.isDown) throw new Error('no answer')
        return account.document
      },
      async save(saved, isLast) {
        account.document = saved
        account.saves++
        if (isLast) account.lastSaves++
      },
    },
    (action) => {
      due = action
      return () => {
        due = undefined
      }
    },
  )
  const wait = async () => {
    due?.()
    due = undefined
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { sync, account, wait }
}

describe('preferences of an account', () => {
  it('are sent a moment after the last of some changes, all at once', async () => {
    const { sync, account, wait } = pageOf({})
    sync.chosen('theme', 'dark')
    sync.chosen('wall', 'size=small')
    sync.chosen('theme', 'light')
    expect(account.saves).toBe(0)
    await wait()
    expect(account).toMatchObject({ saves: 1, document: { theme: 'light', wall: 'size=small' } })
  })

  it('are loaded with what the user has changed meanwhile, which is still to be saved', async () => {
    const { sync, account, wait } = pageOf({ wall: 'size=small', theme: 'dark' })
    const loading = sync.load()
    sync.chosen('wall', 'size=large')
    expect(await loading).toEqual({ wall: 'size=large', theme: 'dark' })
    await wait()
    expect(account.document).toEqual({ wall: 'size=large', theme: 'dark' })
  })

  it('keep what another page has changed meanwhile', async () => {
    const { sync, account, wait } = pageOf({ theme: 'dark' })
    await sync.load()
    account.document = { theme: 'dark', language: 'zh-TW', other: 1 }
    sync.chosen('theme', 'light')
    await wait()
    expect(account.document).toEqual({ theme: 'light', language: 'zh-TW', other: 1 })
  })

  it('are sent at once when the page is left, and not twice', async () => {
    const { sync, account, wait } = pageOf({ other: 1 })
    await sync.load()
    sync.chosen('theme', 'light')
    sync.saveLast()
    sync.saveLast()
    await wait()
    expect(account).toMatchObject({ saves: 1, lastSaves: 1, document: { other: 1, theme: 'light' } })
  })

  it('are sent with the next change when the server did not answer', async () => {
    const { sync, account, wait } = pageOf({})
    account.isDown = true
    sync.chosen('theme', 'light')
    await wait()
    account.isDown = false
    sync.chosen('wall', '')
    await wait()
    expect(account.document).toEqual({ theme: 'light', wall: '' })
  })
})
