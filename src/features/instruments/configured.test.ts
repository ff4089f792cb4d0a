import { describe, expect, it } from 'vitest'
import { configuredInstruments, type InstrumentConfig, instrumentRules } from './configured.ts'

const SETTINGS: InstrumentConfig['instruments'] = {
  sources: [],
  page_fps: 10,
  max: 3,
  message_bytes: 1e6,
  buffer_pool_bytes: 0,
  channels: 10,
  senders: 2,
  pictures: 4,
  profile_elements: 100,
  metadata_elements: 1000,
  watchdog_s: 10,
  heartbeat_s: 1,
  heartbeat_timeout_s: 2,
}

function configured(sources: readonly unknown[], short: Omit<InstrumentConfig, 'instruments'> = {}) {
  return configuredInstruments({ instruments: { ...SETTINGS, sources: [...sources] }, ...short })
}

describe('the instruments of the configuration', () => {
  it('are none unless something is given', () => {
    expect(configured([])).toEqual([])
  })

  it('begin with that of the command line, of which half is enough', () => {
    const beamline = { name: 'beamline', socket: 'pull', mode: 'connect' }
    expect(configured([], { source_host: 'beam' })).toEqual([{ ...beamline, host: 'beam', port: 8888 }])
    expect(configured([], { source_port: 9999 })).toEqual([{ ...beamline, host: 'localhost', port: 9999 }])
    const both = configured([{ name: 'gun', socket: 'sub' }], { source_host: 'a', source_port: 1 })
    expect(both).toMatchObject([
      { name: 'beamline', host: 'a', port: 1 },
      { name: 'gun', socket: 'sub' },
    ])
  })

  it('have names of their own', () => {
    expect(() => configured([{}, {}])).toThrow(/instruments\.sources\[1\]\.name: "beamline" is the name of another/)
    expect(() => configured([{}], { source_port: 1 })).toThrow(/as source_host and source_port have it/)
  })

  it('are all looked at before the start is refused', () => {
    const wrong = () => configured([{ port: 0 }, { socket: 'x' }, 7])
    expect(wrong).toThrow(
      /sources\[0\]: port: [^\n]*\n.*sources\[1\]: socket: [^\n]*\n.*sources\[2\]: must be an object/,
    )
  })

  it('do not take turns with one another at one PUSH socket', () => {
    expect(() => configured([{ name: 'a' }, { name: 'b', host: 'LOCALHOST' }])).toThrow(
      /sources\[1\]: another instrument pulls from LOCALHOST:8888 already/,
    )
    expect(configured([{ name: 'a', socket: 'sub' }, { name: 'b' }])).toHaveLength(2)
  })

  it('are not more than are allowed', () => {
    expect(() => configured(['a', 'b', 'c', 'd'].map((name) => ({ name, host: name })))).toThrow(
      'these are 4 instruments, at most 3 are allowed (instruments.max)',
    )
  })

  it('have bounds in the units of the code', () => {
    expect(instrumentRules({ instruments: SETTINGS })).toMatchObject({ silenceTimeout: 10_000, heartbeatTimeout: 2000 })
  })
})
