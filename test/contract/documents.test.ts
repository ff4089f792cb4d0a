import { describe, expect, it } from 'vitest'
import { type Fields, TestServer } from '../support/server.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Routes that ask for no credentials, or for those in their body; a webhook of LINE is signed if its secret is set. */
const FOR_EVERYBODY = [
  'get /healthz',
  'get /readyz',
  'get /session',
  'post /session',
  'delete /session',
  'post /session/link',
  'delete /session/link',
  'post /login',
  'post /refresh',
  'post /logout',
  'post /api/webhook',
  'get /uploads/{name}',
]

const serverOfFile = TestServer.ofFile()

async function documentOf(server: TestServer): Promise<Fields> {
  const response = await server.get('/openapi.json')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('application/json')
  return fields(await response.json())
}

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`expected an object, got ${JSON.stringify(value)}`)
  return { ...value }
}

/** Every object of a document, however deep. */
function* objectsIn(value: unknown): Iterable<Fields> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield { ...value }
  for (const each of Object.values(value)) yield* objectsIn(each)
}

/** Every operation: its path, method and description. */
function* operationsIn(document: Fields): Iterable<{ path: string; method: string; operation: Fields }> {
  for (const [path, item] of Object.entries(fields(document.paths)))
    for (const [method, operation] of Object.entries(fields(item))) yield { path, method, operation: fields(operation) }
}

describe('the documentation', () => {
  it('is an OpenAPI document whose parts are all there', async () => {
    const server = await serverOfFile()
    const document = await documentOf(server)
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    expect(document.info).toMatchObject({ title: 'Belvedere', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    for (const { $ref } of objectsIn(document)) {
      if ($ref === undefined) continue
      expect($ref).toMatch(/^#\//)
      const parts = String($ref).slice(2).split('/')
      expect(
        parts.reduce<unknown>((part, name) => fields(part)[name], document),
        String($ref),
      ).toBeDefined()
    }
    const schemes = Object.keys(fields(fields(document.components).securitySchemes))
    const operationIds = new Set<unknown>()
    for (const { path, method, operation } of operationsIn(document)) {
      expect(METHODS, path).toContain(method)
      expect(path).toMatch(/^\//)
      expect(operation.summary, `${method} ${path}`).toEqual(expect.any(String))
      expect(Object.keys(fields(operation.responses)), `${method} ${path}`).not.toEqual([])
      for (const response of Object.values(fields(operation.responses)))
        expect(fields(response).description).toEqual(expect.any(String))
      const parameters = Array.isArray(operation.parameters) ? operation.parameters.map(fields) : []
      for (const parameter of parameters) {
        expect(['query', 'header', 'path', 'cookie']).toContain(parameter.in)
        expect(parameter.schema, `${path} ${parameter.name}`).toBeDefined()
      }
      const inPath = parameters.filter((parameter) => parameter.in === 'path')
      expect(inPath.every(({ required }) => required === true)).toBe(true)
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{[^}]+\}/g) ?? [])
      for (const requirement of Array.isArray(operation.security) ? operation.security : [])
        expect(schemes).toEqual(expect.arrayContaining(Object.keys(fields(requirement))))
      if (operation.operationId !== undefined) {
        expect(operationIds).not.toContain(operation.operationId)
        operationIds.add(operation.operationId)
      }
    }
  })

  it('lists every REST route', async () => {
    const document = await documentOf(await serverOfFile())
    const routes = [...operationsIn(document)].map(({ path, method }) => `${method} ${path}`)
    expect(routes).toEqual(
      expect.arrayContaining([
        'get /labels',
        'post /frames',
        'get /streams',
        'get /streams/{label}/{key}/snapshot',
        'get /metrics',
        'get /healthz',
        'get /readyz',
      ]),
    )
  })

  it('names the answers of every route: what it gives when all is well, and how it refuses', async () => {
    const document = await documentOf(await serverOfFile())
    for (const { path, method, operation } of operationsIn(document)) {
      const route = `${method} ${path}`
      const answers = Object.entries(fields(operation.responses)).map(([status, answer]) => ({
        status,
        description: String(fields(answer).description),
        isEmpty: fields(answer).content === undefined,
      }))
      const successes = answers.filter(({ status }) => /^[23]/.test(status))
      expect(successes, route).not.toEqual([])
      // Nothing is left to what the library says of its own accord.
      for (const { status, isEmpty } of successes)
        expect([route, status, isEmpty]).toEqual([route, status, status === '204' || status === '304'])
      expect(
        answers.filter(({ isEmpty }) => !isEmpty).map(({ status }) => status),
        route,
      ).toEqual(expect.arrayContaining(['4XX', '5XX']))
    }
  })

  it('lets nobody in without credentials but on the routes that are for everybody', async () => {
    const server = await TestServer.start({ config: { 'access.anonymous': 'none' } })
    const open: string[] = []
    for (const { path, method } of operationsIn(await documentOf(server))) {
      const url = server.url + path.replaceAll(/\{[^}]+\}/g, 'x')
      const { status } = await fetch(url, {
        method: method.toUpperCase(),
        headers: { 'content-type': 'application/json' },
      })
      if (status !== 401) open.push(`${method} ${path}`)
    }
    expect(open.toSorted()).toEqual(FOR_EVERYBODY.toSorted())
  })

  it('says what a form to publish holds, so that it can be tried out', async () => {
    const document = await documentOf(await serverOfFile())
    const [post] = [...operationsIn(document)].filter(({ path, method }) => path === '/frames' && method === 'post')
    const content = fields(fields(post?.operation.requestBody).content)
    const schema = fields(fields(content['multipart/form-data']).schema)
    expect(Object.keys(fields(schema.properties)).toSorted()).toEqual(
      [
        'label',
        'key',
        'file',
        'warnings_json',
        'cone_polygons_json',
        'pole_polygons_json',
        'detection_items_json',
        'width',
        'height',
        'captured_at',
        'metadata_json',
      ].toSorted(),
    )
    expect(schema.required).toEqual(['label', 'key', 'file'])
  })

  it('can be read and tried out at /docs, from this server alone', async () => {
    const server = await serverOfFile()
    const response = await server.get('/docs')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
    const html = await response.text()
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '')
    expect(addresses.length).toBeGreaterThan(2)
    for (const address of addresses) {
      const url = new URL(address, response.url)
      expect(url.origin).toBe(server.url)
      expect((await fetch(url)).status, address).toBe(200)
    }
  })
})
