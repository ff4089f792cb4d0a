import { describe, expect, it } from 'vitest'
import { makeSinks } from '../../test/support/sinks.ts'
import { apiStreamSocket } from './api-stream-socket.ts'

function setUp() {
  const sinks = makeSinks()
  return { ...sinks, open: () => sinks.visit(apiStreamSocket(sinks.parts), { label: 'site', key: 'a' }) }
}

describe('a socket of one camera, first generation', () => {
  it('sends the newest first and then every frame, as JSON with the picture in base64', async () => {
    const { publish, open } = setUp()
    await publish('site', 'a', 3)
    await publish('site', 'b')
    const { id: first } = await publish('site', 'a', 4)
    const socket = open()
    const { id: second } = await publish('site', 'a', 5)
    await publish('site', 'b')
    expect(socket.take().map(({ json }) => json)).toEqual([
      { id: first, image: 'AAAAAA==', warnings: 'No warning' },
      { id: second, image: 'AAAAAAA=', warnings: 'No warning' },
    ])
  })

  it('says that there is nothing, and closes', async () => {
    const { publish, open } = setUp()
    await publish('site', 'b')
    const socket = open()
    expect(socket.take().map(({ json }) => json)).toEqual([{ error: 'No new data available' }])
    expect(socket.closing).toEqual({ code: 1000, reason: 'no such stream' })
  })
})
