import { expect, it } from 'vitest'
import { allowedOrigins } from './allowed-origins.ts'
import { loadConfig } from './load-config.ts'

it('origins are compared as browsers write them', () => {
  const argv = ['--http.allowed_origins', 'https://Site.Example:443,http://a.example:80,http://b.example:8080']
  const config = loadConfig({ argv, env: {}, cwd: '/nowhere', root: '/nowhere' })
  expect(allowedOrigins(config)).toEqual(['https://site.example', 'http://a.example', 'http://b.example:8080'])
})
