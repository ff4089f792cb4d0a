import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { somebody } from '../../test/support/event-stores.ts'
import type { ParamValues } from './command-params.ts'
import { CommandTurns } from './command-turns.ts'
import { HttpCall, type HttpCallDefinition } from './http-call.ts'

/** A server that answers as it is told. */
async function serverOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('it listens on no port')
  return `127.0.0.1:${address.port}`
}

/** A server that answers what it was asked. */
function echo(): Promise<string> {
  return serverOf(async (request, response) => {
    const { method, url, headers } = request
    const { authorization, 'x-door': door, 'content-type': type } = headers
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method, url, authorization, door, type, body: await text(request) }))
  })
}

function call(
  definition: HttpCallDefinition,
  params: ParamValues = {},
  signal = new AbortController().signal,
  begin = () => {},
) {
  const http = new HttpCall(definition, { turns: new CommandTurns({ max: 1, share: 1 }), maxBytes: 1000 })
  const { principal } = somebody()
  return http.execute({ params, principal, target: {}, client: 'ann', signal, begin })
}

describe('an HTTP call', () => {
  it('has the parameters in their places, each written as that place needs', async () => {
    const host = await echo()
    const definition = {
      url: `http://ann:secret@${host}/doors/{door}?for={seconds}`,
      method: 'PUT',
      headers: { 'X-Door': 'door {door}' },
      body: { door: '{door}', text: 'is "{door}"', seconds: '{seconds}', deep: [{ ok: true }] },
    }
    expect(await call(definition, { door: 'a/"b"', seconds: 5 })).toEqual({
      status: 200,
      body: {
        method: 'PUT',
        url: '/doors/a%2F%22b%22?for=5',
        authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}`,
        door: 'door a/"b"',
        type: 'application/json',
        body: JSON.stringify({ door: 'a/"b"', text: 'is "a/"b""', seconds: 5, deep: [{ ok: true }] }),
      },
    })
    const form = {
      url: `http://${host}`,
      headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded' },
      body: 'a={a}',
    }
    expect(await call(form, { a: '1&b=2' })).toMatchObject({ body: { method: 'POST', body: 'a=1%26b%3D2' } })
    expect(await call({ url: `http://${host}/x`, method: 'GET' })).toMatchObject({ body: { method: 'GET', body: '' } })
    expect(await call({ url: `http://${host}`, body: 'a={a}' }, { a: 'é' })).toMatchObject({
      body: { type: 'text/plain; charset=utf-8', body: 'a=é' },
    })
  })

  it.each(['a\r\nx-evil: 1', 'é', '\0'])('does not send %j in a header', async (door) => {
    const definition = { url: 'http://127.0.0.1:1', headers: { 'x-door': '{door}' } }
    await expect(call(definition, { door })).rejects.toMatchObject({
      code: 'invalid',
      message: 'door: must be of printable ASCII characters',
    })
  })

  it('gives back a text as it is, and no more than is kept of it', async () => {
    const host = await serverOf((request, response) => {
      const isLong = request.url === '/long'
      response.setHeader('content-type', request.url === '/json' ? 'application/json' : 'text/plain')
      response.end(isLong ? '[1]'.repeat(1000) : request.url === '/json' ? '{broken' : '[1]\n')
    })
    expect(await call({ url: `http://${host}/` })).toEqual({ status: 200, body: '[1]' })
    expect(await call({ url: `http://${host}/json` })).toEqual({ status: 200, body: '{broken' })
    const long = await call({ url: `http://${host}/long` })
    expect([String(long.body).length, long.truncated]).toEqual([1000, true])
  })

  it('does not read on for ever', async () => {
    const host = await serverOf((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1000)));
      }
      response.on('drain', more)
      more()
    })
    expect(await call({ url: `http://${host}/` })).toMatchObject({ truncated: true })
  })

  it.each([
    [302, 'the server that it calls answered 302, a redirect, which is not followed.'],
    [404, 'the server that it calls answered 404.'],
    [500, 'the server that it calls answered 500.'],
  ])('has failed with %d, and follows no redirect', async (status, message) => {
    const asked: unknown[] = []
    const host = await serverOf((request, response) => {
      asked.push(request.url)
      response.writeHead(status, { location: '/elsewhere' }).end('secret')
    })
    await expect(call({ url: `http://${host}/` })).rejects.toThrow(message)
    expect(asked).toEqual(['/'])
  })

  it('has failed where nobody is, without saying what was to be sent', async () => {
    await expect(call({ url: 'http://ann:secret@127.0.0.1:1/secret' })).rejects.toThrow(
      /^the server that it calls could not be reached( \(\w+\))?\.$/,
    )
  })

  it('ends with its signal, also while the answer is read, and is not made after it', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    const host = await serverOf((_request, response) => {
      response.write('x')
      resolve()
    })
    const limit = new AbortController()
    const calling = call({ url: `http://${host}/` }, {}, limit.signal)
    await asked
    limit.abort(new Error('too late'))
    await expect(calling).rejects.toThrow('too late')
    await expect(call({ url: `http://${host}/` }, {}, limit.signal)).rejects.toThrow('too late')
    const refuse = () => {
      throw new Error('no longer allowed')
    }
    await expect(call({ url: `http://${host}/` }, {}, undefined, refuse)).rejects.toThrow('no longer allowed')
  })
})

describe('a definition', () => {
  it.each<[Partial<HttpCallDefinition>, string]>([
    [{ url: 'x' }, 'url: must be an address such as https://gate.example/open?door={door}'],
    [{ headers: { Host: 'x' } }, 'headers: Host cannot be set'],
    [{ headers: { 'a b': 'x' } }, 'headers: "a b" is no name of a header'],
    [{ headers: { a: 'x\r\ny' } }, 'headers: a: must be of printable ASCII characters'],
    [{ method: 'GET', body: {} }, 'body: GET has none'],
    [{ headers: { 'content-type': 'application/json' }, body: '{}' }, 'body: write the JSON as YAML, not as a text'],
  ])('must not have %j', (more, message) => {
    const parts = { turns: new CommandTurns({ max: 1, share: 1 }), maxBytes: 1 }
    expect(() => new HttpCall({ url: 'http://a.example', ...more }, parts)).toThrow(message)
  })
})
