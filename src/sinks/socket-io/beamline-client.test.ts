import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub } from '../../../test/support/hub.ts'
import { DefaultPicture } from '../../core/default-picture.ts'
import { KnownInstruments } from '../../core/known-instruments.ts'
import { ToldFrames } from '../told-frames.ts'
import { BeamlineClient } from './beamline-client.ts'

const CAMERA = { label: 'site', key: 'camera' }

/** A page at a connection of which the test says whether it takes anything. */
function openPage(maxFps = 1000) {
  const { hub, clock } = makeHub()
  const instruments = new KnownInstruments()
  const told = new ToldFrames(clock, 2000)
  const connection = {
    client: 'c',
    address: '10.0.0.1',
    isDrained: true,
    sent: [] as string[],
    write: ({ text }: { text: string }) => void connection.sent.push(text),
    send: (text: string) => void connection.sent.push(text),
    charge() {},
    admit: async () => anyone,
    claimPlace() {},
    basePath: '',
    giveUnclaimedPlace() {},
    refused() {},
    end() {},
    listen() {},
  }
  const socket = { connected: true, on() {}, disconnect() {} }
  const parts = { hub, clock, instruments, told, maxFps, picture: new DefaultPicture(instruments, CAMERA) }
  const page = new BeamlineClient(parts, connection, socket, anyone)
  return {
    hub,
    clock,
    connection,
    page,
    told: () => told.of({ principal: anyone, address: '10.0.0.1' }),
    async publish(beam_energy: number) {
      await hub.publish(anyone, { ...frameInput('site', 'camera'), metadata: { beam_energy } }, 'test')
    },
    /** The energies that it was told. */
    energies: () => connection.sent.map((text) => Number(/"beam_energy":([\d.]+)/.exec(text)?.[1])),
  }
}

describe('the old beamline page', () => {
  it('is told of the newest image only, once it has taken what was sent before', async () => {
    const { clock, connection, page, publish, energies, told } = openPage()
    await publish(1)
    connection.isDrained = false
    clock.advance(100)
    for (const energy of [2, 3, 4]) await publish(energy)
    expect(energies()).toEqual([1])
    expect(told()?.metadata).toEqual({ beam_energy: 1 })
    connection.isDrained = true
    page.drained()
    expect(energies()).toEqual([1, 4])
    expect(told()?.metadata).toEqual({ beam_energy: 4 })
  })

  it('is told no more often than allowed, and of the last image before a pause', async () => {
    const { clock, publish, energies } = openPage(1)
    await publish(1)
    for (const energy of [2, 3]) await publish(energy)
    expect(energies()).toEqual([1])
    clock.advance(1000)
    expect(energies()).toEqual([1, 3])
  })

  it('leaves nothing behind', async () => {
    const { hub, page, publish, energies, told } = openPage()
    await publish(1)
    page.close()
    await publish(2)
    expect([energies(), told(), hub.viewers]).toEqual([[1], undefined, 0])
  })
})
