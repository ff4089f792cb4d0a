import type { App } from './app.ts'

/** Registers routes whose handlers read the raw body themselves, whatever its `Content-Type`. */
export async function withRawBodies(app: App, addRoutes: (own: App) => void): Promise<void> {
  await app.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', (_request, _payload, done) => done(null))
    addRoutes(own)
  })
}

/** A validator that accepts everything, for schemas that only document: the handler validates the body itself. */
export const UNCHECKED = () => () => true
