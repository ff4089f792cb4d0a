import type { App } from './app.ts'

/** Makes routes whose handlers read the body themselves: as it came, whatever type it claims to have. */
export async function withRawBodies(app: App, addRoutes: (own: App) => void): Promise<void> {
  await app.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', (_request, _payload, done) => done(null))
    addRoutes(own)
  })
}

/** For a route's schema that is there for the documentation: the handler checks the body by rules of its own. */
export const UNCHECKED = () => () => true
