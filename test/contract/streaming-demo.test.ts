import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { jpeg } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const SCRIPT = join(import.meta.dirname, '../../examples/streaming_demo.py')

it('examples/streaming_demo.py follows events, gives a command and reads video', async () => {
  const server = await TestServer.start()
  await server.publish('site', 'camera', { file: jpeg(64, 48) })
  const child = spawn(PYTHON, [SCRIPT, server.url, '--seconds', '3'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = await text(child.stdout)
  expect(said).toContain('events: connected as')
  expect(said).toMatch(/command: \{.*'success': True/)
  expect(said).toMatch(/video: \{.*'stream_url': '\/stream\/video\//)
  expect(said).toMatch(/[1-9]\d* pictures in 3 s; the bell rang/)
})
