import { describe, expect, it } from 'vitest'
import { shareLinkTarget } from './share-link-target.ts'

const linkTo = (...streams: { label: string; key?: string }[]) => ({
  name: '',
  expiresAt: undefined,
  showsMetadata: false,
  streams,
})

describe('a share link', () => {
  it('leads to the page of its only stream', () => {
    expect(shareLinkTarget(linkTo({ label: '工地', key: 'a/b' }))).toBe(`/watch/${encodeURIComponent('工地')}/a%2Fb`)
  })

  it('leads to the wall when it shows several, or a whole label', () => {
    expect(shareLinkTarget(linkTo({ label: 'a', key: 'b' }, { label: 'a', key: 'c' }))).toBe('/')
    expect(shareLinkTarget(linkTo({ label: 'a' }))).toBe('/')
    expect(shareLinkTarget(undefined)).toBe('/')
  })
})
