import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** What was pushed. */
export interface Push {
  readonly path: string | undefined
  readonly authorization: string | undefined
  readonly body: unknown
}

/** LINE as far as it is called: takes push messages, on a free port of this machine, gone when the test has ended. */
export class FakeLine {
  readonly url: string
  readonly pushes: Push[]
  /** What the next ones are answered with; `hang`: nothing at all. */
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
      // The real one is not so careless, but its words are not ours.
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
