import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { makeTestApp } from '../../../test/support/app.ts'
import { RawConnection } from '../../../test/support/raw.ts'
import { until } from '../../../test/support/until.ts'

it('of a body in chunks little is buffered while its request waits, and all of it is read then', async () => {
  const app = await makeTestApp()
  const held = Promise.withResolvers<void>()
  let waiting: IncomingMessage | undefined
  app.addHook('onRequest', async ({ raw }) => {
    waiting = raw
    await held.promise
  })
  app.post('/text', (request) => ({ length: String(request.body).length }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const connection = await RawConnection.open(url)
  connection.post('/text', 'chunked', '', { 'Content-Type': 'text/plain' })
  const chunks = 100_000
  connection.write(`${'1\r\nx\r\n'.repeat(chunks)}0\r\n\r\n`)
  await until(() => (waiting?.readableLength ?? 0) > 0, 'a part of it')
  for (let n = 0; n < 100; n++) await new Promise((resolve) => setImmediate(resolve))
  // Node reads 64 KB at once, of which each chunk takes six bytes.
  expect(waiting?.readableLength).toBeLessThan(12_000)
  held.resolve()
  await connection.sees(`{"length":${chunks}}`)
  await app.close()
})
