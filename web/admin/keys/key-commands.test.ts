import { describe, expect, it } from 'vitest'
import { curlKeyCommand, type KeyUse, pythonKeyCommand } from './key-commands.ts'

const use: KeyUse = { server: 'https://live.example', secret: 'bvk_abc', scope: 'publish', label: 'North gate' }

describe('the commands of a new key', () => {
  it('publish to a label that the key is good for', () => {
    expect(curlKeyCommand(use)).toBe(
      [
        'curl -H "Authorization: Bearer bvk_abc" \\',
        '     -F "label=North gate" -F key=camera -F file=@photo.jpg \\',
        '     https://live.example/frames',
      ].join('\n'),
    )
    expect(pythonKeyCommand(use)).toContain('stream = {"label": "North gate", "key": "camera"}')
  })

  it('read what a key that may not publish may read', () => {
    expect(curlKeyCommand({ ...use, scope: 'view' })).toContain('https://live.example/streams')
    expect(curlKeyCommand({ ...use, scope: 'admin' })).toContain('https://live.example/users')
    expect(pythonKeyCommand({ ...use, scope: 'view' })).toContain('server.get("https://live.example/streams")')
  })

  it('keep whatever a label has in it one text', () => {
    expect(curlKeyCommand({ ...use, label: "it's" })).toContain(`-F 'label=it'\\''s'`)
    expect(pythonKeyCommand({ ...use, label: 'a"b' })).toContain('"a\\"b"')
  })
})
