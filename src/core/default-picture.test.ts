import { expect, it } from 'vitest'
import { anyone } from '../../test/support/hub.ts'
import { DefaultPicture } from './default-picture.ts'
import type { InstrumentSettings, InstrumentStatus } from './instrument.ts'
import { KnownInstruments } from './known-instruments.ts'
import type { Principal } from './principal.ts'

const STATUS: InstrumentStatus = {
  state: 'live',
  reason: 'pulses come',
  messages: 1,
  bytes: 1,
  rate: 1,
  bytesPerSecond: 1,
  lostPulses: 0,
  restarts: 0,
  rejected: 0,
  channels: [
    { name: 'energy', type: 'float64', shape: [1], isPicture: false },
    { name: 'screen', type: 'float64', shape: [4, 4], isPicture: true },
    { name: 'slit', type: 'float64', shape: [4, 4], isPicture: true },
  ],
}

/** What is known: these instruments, each with the channels above unless its status is given. */
function known(...instruments: (Partial<InstrumentSettings> & { status?: InstrumentStatus })[]): KnownInstruments {
  const list = new KnownInstruments()
  for (const { status = STATUS, ...given } of instruments) {
    const settings: InstrumentSettings = {
      name: 'beamline',
      host: 'localhost',
      port: 8888,
      socket: 'pull',
      mode: 'connect',
      ...given,
    }
    list.set({ settings, origin: 'configuration', whyNot: '', running: { settings, status, stop: async () => {} } })
  }
  return list
}

function viewerOf(label: string, key?: string): Principal {
  const scope = { kind: 'streams' as const, streams: [{ label, key }] }
  return { ...anyone, grants: [{ actions: ['view'] as const, scope }] }
}

it('the default picture is the one of the settings, whoever asks', () => {
  const configured = { label: 'x', key: 'y/z' }
  expect(new DefaultPicture(known({}), configured).of(viewerOf('beamline'))).toBe(configured)
})

it('without one it is the first picture of the first instrument of which the asker may see one', () => {
  const picture = new DefaultPicture(known({ name: 'a' }, { name: 'b' }), undefined)
  expect(picture.of(anyone)).toEqual({ label: 'a', key: 'screen' })
  expect(picture.of(viewerOf('b'))).toEqual({ label: 'b', key: 'screen' })
  expect(picture.of(viewerOf('b', 'slit'))).toEqual({ label: 'b', key: 'slit' })
  expect(picture.of(viewerOf('c'))).toBeUndefined()
})

it('is not that of the next instrument while the first has not been heard, unless its settings name its pictures', () => {
  const unheard = { ...STATUS, channels: [] }
  expect(new DefaultPicture(known({ name: 'a', status: unheard }, { name: 'b' }), undefined).of(anyone)).toBeUndefined()
  const named = known({ name: 'a', status: unheard, pictures: ['slit'] })
  expect(new DefaultPicture(named, undefined).of(anyone)).toEqual({ label: 'a', key: 'slit' })
})
