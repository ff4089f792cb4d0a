import { expect, it } from 'vitest'
import { isLoopbackHost } from './loopback-host.ts'

it.each(['localhost', 'live.localhost', '127.0.0.1', '127.1.2.3', '[::1]'])('nobody else can open %s', (name) => {
  expect(isLoopbackHost(name)).toBe(true)
})

it.each(['192.168.0.4', 'localhost.example', '127.example', 'live.example', '[fd00::1]'])(
  'others can open %s',
  (name) => {
    expect(isLoopbackHost(name)).toBe(false)
  },
)
