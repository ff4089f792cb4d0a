/** A picture in a compressed format, as the source sent it. */
export interface EncodedImage {
  readonly bytes: Uint8Array
  readonly mediaType: ImageType
  /** Pixels, as the picture's own header says. */
  readonly width: number
  readonly height: number
}

/** The compressed formats that sources may send and every browser shows. */
export type ImageType = 'image/jpeg' | 'image/png' | 'image/webp'
