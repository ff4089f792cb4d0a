import type { Readable } from 'node:stream'
import Type from 'typebox'

/*
 * Response schemas that many routes share. Those of errors are added to every route by `openapi-errors.ts`.
 */

/** How every route refuses, as the contracts have it. */
export const ErrorResponse = Type.Object({ detail: Type.String({ description: 'What was wrong, in a sentence' }) })

/** A sentence for whoever reads it, as the detection hub's clients know it. */
export const MessageResponse = Type.Object({ message: Type.String() })

/** It is done, and there is nothing to say. */
export const NoContent = Type.Unsafe<undefined>(Type.Null({ description: 'Done' }))

/** An encoded picture. */
export const PictureResponse = {
  description: 'The picture',
  content: Object.fromEntries(
    ['image/jpeg', 'image/png', 'image/webp'].map((mediaType) => [
      mediaType,
      { schema: Type.Unsafe<Uint8Array | Readable>(Type.String({ format: 'binary' })) },
    ]),
  ),
}

/** Milliseconds since 1970. */
export const Time = Type.Number({ description: 'ms since 1970' })

/** The same where there may be none. */
export const MaybeTime = Type.Union([Time, Type.Null()])
