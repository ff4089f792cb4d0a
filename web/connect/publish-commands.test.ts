import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { curlCommand, folderCommand, pythonProgram, pythonText, shellWord } from './publish-commands.ts'

const usual = { server: 'http://localhost:8000', key: 'Zm9v-YmFy_1' }

/** The arguments that a shell parses from a command. */
function argumentsOf(command: string): string[] {
  const output = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`]).toString()
  return output.split('\0').slice(0, -1)
}

describe('a word for the shell', () => {
  it.each(['plain', 'two words', "it's", '$HOME `id` "x" \\ !', '密鑰 key', "'", '-n', '*', '~root', '#a'])(
    'stays what it is: %s',
    (text) => {
      expect(argumentsOf(shellWord(text))).toEqual([text])
    },
  )

  it('has no quotes where it needs none', () => {
    expect(shellWord('http://localhost:8000/frames')).toBe('http://localhost:8000/frames')
  })
})

describe('the commands', () => {
  it('hold the address and the key', () => {
    expect(curlCommand(usual)).toBe(
      [
        'curl -H "Authorization: Bearer Zm9v-YmFy_1" \\',
        '     -F label=site -F key=camera -F file=@photo.jpg \\',
        '     http://localhost:8000/frames',
      ].join('\n'),
    )
    for (const command of [curlCommand(usual), pythonProgram(usual), folderCommand(usual)]) {
      expect(command).toContain(usual.server)
      expect(command).toContain(usual.key)
    }
  })

  it('are one command for the shell, whatever the key is', () => {
    const key = `a'b "c" $d`
    expect(argumentsOf(curlCommand({ ...usual, key }))).toEqual([
      ...['curl', '-H', `Authorization: Bearer ${key}`, '-F', 'label=site', '-F', 'key=camera'],
      ...['-F', 'file=@photo.jpg', 'http://localhost:8000/frames'],
    ])
    expect(argumentsOf(folderCommand({ ...usual, key: '-starts-so' })).slice(-1)).toEqual(['--token=-starts-so'])
  })

  it('are eight lines of Python', () => {
    expect(pythonProgram(usual).split('\n')).toHaveLength(8)
    expect(pythonText('a"b\\c')).toBe('"a\\"b\\\\c"')
  })
})
