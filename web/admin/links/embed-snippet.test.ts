import { describe, expect, it } from 'vitest'
import { embedSnippet, streamsOf } from './embed-snippet.ts'

describe('embedSnippet', () => {
  it('is ready to paste', () => {
    const snippet = embedSnippet('https://cameras.example', [{ label: 'north', key: 'gate' }], 'bvs_1')
    expect(snippet).toBe(
      '<script type="module" src="https://cameras.example/static/js/belvedere-stream.js"></script>\n' +
        '<belvedere-stream label="north" camera="gate" token="bvs_1"></belvedere-stream>',
    )
  })

  it('takes names as names, whatever they contain', () => {
    const snippet = embedSnippet('http://host', [{ label: '"><script>', key: 'a & b' }], 't')
    expect(snippet).toContain('label="&quot;&gt;&lt;script&gt;" camera="a &amp; b"')
  })
})

describe('the streams of a link', () => {
  it('are its own, and those that its sites have now', () => {
    const known = [
      { label: 'north', key: 'gate' },
      { label: 'south', key: 'gate' },
      { label: 'south', key: 'yard' },
    ]
    expect(streamsOf([{ label: 'north', key: 'roof' }, { label: 'south' }], known)).toEqual([
      { label: 'north', key: 'roof' },
      { label: 'south', key: 'gate' },
      { label: 'south', key: 'yard' },
    ])
  })
})
