import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { loadConfig } from '../../config/load-config.ts'
import { configuredCameras } from './configured.ts'

const DEFAULTS = loadConfig({ argv: [], env: {}, cwd: '/', root: '/nowhere' }).cameras

function configured(...sources: readonly unknown[]) {
  return configuredCameras({ cameras: { ...DEFAULTS, sources: [...sources], max: 3 } })
}

const GATE = { url: 'rtsp://10.0.0.5/live', site: 'North', name: 'gate' }
const READ = {
  stream: { label: 'North', key: 'gate' },
  url: 'rtsp://10.0.0.5/live',
  ...{ user: undefined, password: undefined },
  ...{ runs: 'on-demand', certificate: 'verified', transport: 'auto' },
}

describe('the cameras of the configuration', () => {
  it('are none unless something is given', () => {
    expect(configured()).toEqual([])
  })

  it('have an address, a site and a name, and whatever else is wanted', () => {
    const more = { user: 'admin', password: 'P@ss#1%0X', runs: 'always', certificate: 'any', transport: 'udp' }
    expect(configured(GATE)).toEqual([READ])
    expect(configured({ ...GATE, ...more })).toEqual([{ ...READ, ...more }])
    expect(configured({ ...GATE, url: 'rtsp://root:x@10.0.0.5/live', password: 'y' })).toEqual([
      { ...READ, user: 'root', password: 'y' },
    ])
    expect(configured({ ...GATE, url: '/dev/video0' })).toEqual([{ ...READ, url: '/dev/video0' }])
  })

  it('may have their password in a file, without the line break at its end', () => {
    const path = join(temporaryFolder(), 'password')
    writeFileSync(path, ' P@ss#1%0X \r\n')
    expect(configured({ ...GATE, user: 'admin', password_file: path })).toMatchObject([{ password: ' P@ss#1%0X ' }])
    expect(() => configured({ ...GATE, password: 'x', password_file: path })).toThrow('give one of them')
    expect(() => configured({ ...GATE, password_file: 'password' })).toThrow('must be the whole path of a file')
    expect(() => configured({ ...GATE, password_file: `${path}s` })).toThrow('password_file: cannot be read')
  })

  it('are all looked at before the start is refused, and no password is repeated', () => {
    const wrong = () =>
      configured(7, { ...GATE, url: 'admin:geheim@cam' }, { ...GATE, secret: 'geheim' }, { ...GATE, password: 5 })
    expect(wrong).toThrow(
      /sources\[0\]: must be an object[^\n]*\n.*sources\[1\]: url: write rtsp[^\n]*\n.*sources\[2\]: secret: is no field[^\n]*\n.*sources\[3\]: password: a text/,
    )
    expect(wrong).not.toThrow(/geheim/)
  })

  it('have streams of their own, and are not more than are allowed', () => {
    expect(() => configured(GATE, { ...GATE, name: ' gate' })).toThrow(
      'sources[1]: "North/ gate" is the site and name of another camera',
    )
    expect(() => configured(...['a', 'b', 'c', 'd'].map((name) => ({ ...GATE, name })))).toThrow(
      'these are 4 cameras, at most 3 are allowed (cameras.max)',
    )
  })
})
