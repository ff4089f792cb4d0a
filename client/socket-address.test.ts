import { describe, expect, it } from 'vitest'
import { socketAddress } from './socket-address.ts'

describe('socketAddress', () => {
  it.each([
    ['http://host:8000', 'ws://host:8000/ws/live'],
    ['https://host/', 'wss://host/ws/live'],
    ['ws://host/ws/live', 'ws://host/ws/live'],
    ['wss://host/belvedere/ws/live', 'wss://host/belvedere/ws/live'],
    ['https://host/cameras', 'wss://host/cameras/ws/live'],
    ['https://host/a/b/', 'wss://host/a/b/ws/live'],
    ['wss://host/a/ws/live/', 'wss://host/a/ws/live/'],
    ['http://host/?a=b#c', 'ws://host/ws/live?a=b'],
  ])('makes of %s %s', (url, address) => {
    expect(socketAddress(url, '/ws/live').href).toBe(address)
  })

  it.each(['', 'host:8000', '/ws/live', 'ftp://host/', 'file:///x'])('refuses %j and says what is allowed', (url) => {
    expect(() => socketAddress(url, '/ws/live')).toThrow(/^url must begin with http:\/\/.*not "/)
  })
})
