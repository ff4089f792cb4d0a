import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A push message. */
export interface Push {
  readonly path: string | undefined
  readonly authorization: string | undefined
  readonly body: unknown
}

/** A fake LINE API server: receives push messages on a free port of this machine; closed after the test. */
export class FakeLine {
  readonly url: string
  readonly pushes: Push[]
  /** The status of the next responses; `hang`: no response. */
  answer: number | 'hang' = 200

  private constructor(url: string, pushes: Push[]) {
    this.url = url
    this.pushes = pushes
  }

  static async start(): Promise<FakeLine> {
    const pushes: Push[] = []
    const server = createServer(async (request, response) => {
      const { authorization } = request.headers
      pushes.push({ path: `${request.method} ${request.url}`, authorization, body: JSON.parse(await text(request)) })
      if (line.answer === 'hang') return
      const isMoved = line.answer === 307
      response.writeHead(line.answer, {
        'content-type': 'application/json',
        ...(isMoved && { location: `${line.url}/elsewhere` }),
      })
      // Worse than the real API: a response that repeats our secret.
      response.end(JSON.stringify({ message: `refused: ${authorization}` }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
    const line: FakeLine = new FakeLine(`http://127.0.0.1:${address.port}`, pushes)
    return line
  }
}
