import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Refusal } from '../core/errors.ts'
import { readInstrument } from './instrument-fields.ts'

const DEFAULTS = { name: 'beamline', host: 'localhost', port: 8888, socket: 'pull', mode: 'connect' }

describe('readInstrument', () => {
  it('gives what is left out its default', () => {
    expect(readInstrument({})).toEqual(DEFAULTS)
  })

  it('reads every field', () => {
    const given = {
      name: 'gun',
      host: 'fe80::1',
      port: 9999,
      socket: 'sub',
      mode: 'bind',
      pictures: ['SCREEN:FPICTURE'],
      units: { 'GUN:ENERGY': 'MeV', delay: 'µs', ['__proto__']: '°C' },
    }
    expect(readInstrument({ ...given, colormap: 'inferno', levels: '1,4095', log: true })).toEqual({
      ...given,
      colouring: { colormap: 'inferno', levels: { min: 1, max: 4095 }, log: true },
    })
  })

  it.each([
    [{ name: '' }, /^name: /],
    [{ name: '..' }, /^name: /],
    [{ name: 7 }, /^name: a text is required/],
    [{ host: 'tcp://a' }, /^host: .*without tcp:/],
    [{ host: 'a:8888' }, /^host: .*without a port/],
    [{ host: 'a b' }, /^host: /],
    [{ host: '' }, /^host: /],
    [{ host: 'x'.repeat(254) }, /^host: /],
    [{ port: 0 }, /^port: .*from 1 to 65535/],
    [{ port: 65_536 }, /^port: /],
    [{ port: '8888' }, /^port: /],
    [{ socket: 'push' }, /^socket: must be one of pull, sub/],
    [{ mode: 'listen' }, /^mode: must be one of connect, bind/],
    [{ pictures: 'a' }, /^pictures: must be a list/],
    [{ pictures: [] }, /^pictures: .*left out/],
    [{ pictures: ['a', 'a'] }, /"a" is in it twice/],
    [{ pictures: [7] }, /^pictures\[0\]: /],
    [{ levels: '5,5' }, /^levels: /],
    [{ levels: [0, 1] }, /^levels: must be a text/],
    [{ colormap: 'rainbow' }, /^colormap: must be one of/],
    [{ log: 'yes' }, /^log: /],
    [{ units: ['eV'] }, /^units: must be an object/],
    [{ units: { a: 7 } }, /^units: that of "a" must be a text of 1 to 20/],
    [{ units: { a: ' ' } }, /^units: that of "a"/],
    [{ units: { a: 'm\n' } }, /^units: that of "a"/],
    [{ units: { '': 'm' } }, /^units: the name of a channel/],
    [{ units: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [n, 'm'])) }, /^units: of at most 1000/],
    [{ prot: 1 }, /^prot: is no field of an instrument/],
    [[], /^must be an object/],
    [null, /^must be an object/],
    ['tcp://localhost:8888', /^must be an object/],
  ])('refuses %j, and says what is allowed', (given, message) => {
    expect(() => readInstrument(given)).toThrow(message)
  })

  it('refuses whatever else comes, with a sentence', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        try {
          readInstrument(given)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
    )
  })
})
