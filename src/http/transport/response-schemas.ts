import type { Readable } from 'node:stream'
import Type from 'typebox'

/*
 * Response schemas shared by many routes. Error responses are added to every route by `openapi-errors.ts`.
 */

/** The body of every error response, as the contracts require. */
export const ErrorResponse = Type.Object({ detail: Type.String({ description: 'What was wrong, in a sentence' }) })

/** A human-readable message, as the detection hub's clients expect it. */
export const MessageResponse = Type.Object({ message: Type.String() })

/** 204: done, no body. */
export const NoContent = Type.Unsafe<undefined>(Type.Null({ description: 'Done' }))

/** An encoded picture as the response body. */
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

/** Milliseconds since 1970, or null. */
export const MaybeTime = Type.Union([Time, Type.Null()])
