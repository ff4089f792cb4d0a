import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { keyCommand, ownCommand } from './own-command.ts'
import { shownKey, welcome } from './welcome.ts'

const url = 'http://127.0.0.1:8000'

describe('the welcome', () => {
  it('holds a link with the key behind #, percent-encoded', () => {
    const text = welcome({ url, key: { kind: 'plain', key: 'a key/with#signs' } })
    expect(text).toContain('live at http://localhost:8000\n')
    expect(text).toContain(' http://localhost:8000/#key=a%20key%2Fwith%23signs\n')
    expect(text).toContain('npm run demo')
  })

  it('does not offer the demo to who sees it already', () => {
    expect(welcome({ url, key: { kind: 'variable' }, hasDemo: true })).not.toContain('npm run demo')
  })

  it('names the instruments that are read, and offers no demo then', () => {
    const beamline = { name: 'beamline', host: 'beam', port: 8888, socket: 'pull', mode: 'connect' } as const
    const gun = { name: 'gun', host: '::', port: 9998, socket: 'sub', mode: 'bind' } as const
    const text = welcome({ url, key: { kind: 'variable' }, instruments: [beamline, gun] })
    expect(text).toContain('    beamline: PULL from tcp://beam:8888\n    gun: SUB at tcp://[::]:9998\n')
    expect(text).not.toContain('npm run demo')
  })

  it.each(['plain-key_0123', 'a$b`c"d\\e!f', "it's-a-key"])('holds a header that a shell reads as it is: %s', (key) => {
    const word = /curl -H (.+) \\\n/.exec(welcome({ url, key: { kind: 'plain', key } }))?.[1] ?? ''
    const read = execFileSync('/bin/sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' })
    expect(read).toBe(`Authorization: Bearer ${key}`)
  })

  it('names addresses that can be opened when it listens on all networks', () => {
    const text = (address: string) => welcome({ url: `http://${address}:80`, key: { kind: 'variable' } })
    expect(text('0.0.0.0')).toContain('http://127.0.0.1:80/frames')
    expect(text('[::]')).toContain('http://[::1]:80/frames')
    expect(text('[::]')).toContain('live at http://localhost:80\n')
  })

  it('asks for a key that must not be shown', () => {
    const configured = welcome({ url, key: { kind: 'configured' } })
    expect(configured).toContain('http://localhost:8000/publish ')
    expect(configured).not.toContain('#key=')
    expect(configured).toContain('"Authorization: Bearer <publish key>"')
    expect(welcome({ url, key: { kind: 'variable' } })).toContain('"Authorization: Bearer $BELVEDERE_PUBLISH_KEY"')
  })
})

it('says how to get another password for the first account of that server', () => {
  const command = ownCommand('user password admin', { data_dir: '/var/data' }, '/srv')
  const firstUser = { username: 'admin', generatedPassword: 'word', command }
  expect(welcome({ url, key: { kind: 'variable' }, firstUser })).toContain(
    'the password word\n  It is shown this once. Another one: npx belvedere user password admin --data-dir /var/data\n',
  )
})

describe('the publish key', () => {
  const key = 'the-publish-key'
  it.each([
    [{ from: 'made', variable: undefined, isTerminal: true }, 'plain'],
    [{ from: 'made', variable: undefined, isTerminal: false }, 'kept'],
    [{ from: 'kept', variable: undefined, isTerminal: true }, 'kept'],
    [{ from: 'configured', variable: key, isTerminal: true }, 'variable'],
    [{ from: 'configured', variable: key, isTerminal: false }, 'variable'],
    [{ from: 'configured', variable: 'overruled by a flag', isTerminal: false }, 'configured'],
    [{ from: 'configured', variable: undefined, isTerminal: true }, 'configured'],
  ] as const)('of %j is shown as %s', (origin, kind) => {
    expect(shownKey(key, { ...origin, command: 'npx belvedere key' }).kind).toBe(kind)
  })

  it.each([
    [{ data_dir: '/srv/data', port: 8000 }, 'npx belvedere key'],
    [{ data_dir: '/var/data', port: 9000 }, 'npx belvedere key --data-dir /var/data --port 9000'],
    [{ data_dir: "/my data's", port: 8000 }, `npx belvedere key --data-dir '/my data'\\''s'`],
  ])('of the settings %j is printed by: %s', (config, command) => {
    expect(keyCommand(config, '/srv')).toBe(command)
    const header = /curl -H (.+) \\\n/.exec(welcome({ url, key: { kind: 'kept', command } }))?.[1] ?? ''
    const npx = 'npx() { printf "<%s>" "$@"; }'
    const words = execFileSync('/bin/sh', ['-c', `${npx}; printf %s ${header}`], { encoding: 'utf8' })
    expect(words).toContain('Authorization: Bearer <belvedere><key>')
    if (config.data_dir !== '/srv/data') expect(words).toContain(`<--data-dir><${config.data_dir}>`)
  })
})
