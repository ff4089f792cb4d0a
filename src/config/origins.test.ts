import { expect, it } from 'vitest'
import { loadConfig } from './load-config.ts'
import { allowedOrigins, publicOrigins } from './origins.ts'

it('origins are compared as browsers write them', () => {
  const origins = 'https://Site.Example:443,http://a.example:80,http://b.example:8080'
  const argv = ['--http.allowed_origins', origins, '--http.public_origins', origins]
  const config = loadConfig({ argv, env: {}, cwd: '/nowhere', root: '/nowhere' })
  for (const origins of [allowedOrigins, publicOrigins])
    expect(origins(config)).toEqual(['https://site.example', 'http://a.example', 'http://b.example:8080'])
})
