import type { ImageFrame } from '../core/frame.ts'
import { utf8Message, type WireMessage } from '../wire/ws-frame.ts'
import { base64Picture } from './base64-picture.ts'
import { choosePictures } from './picture-choice.ts'

/** A message with the newest pictures of a label. */
export interface GridMessage {
  readonly message: WireMessage
  /** The length of its text, in bytes. */
  readonly bytes: number
  /** How many pictures it holds, and how many did not fit into it. */
  readonly chosen: number
  readonly missing: number
}

/**
 * The messages of `WS /api/ws/labels/{label}`: JSON with the newest picture of every camera of a label. The latest one
 * of each label is kept, so that viewers that are due at the same time share it. A message has a largest size: if the
 * pictures do not fit into one, each holds some of the cameras, in turn (`picture-choice.ts`).
 */
export class LabelGrids {
  readonly #maxBytes: number
  readonly #limited: (limit: string) => void
  /** Of the labels that somebody watches. */
  readonly #labels = new Map<string, { viewers: number; latest?: Grid }>()

  /**
   * @param maxBytes the largest sum of pictures in base64
   * @param limited called for each picture that is too large
   */
  constructor(maxBytes: number, limited: (limit: string) => void) {
    this.#maxBytes = maxBytes
    this.#limited = limited
  }

  /** Somebody watches the label. @returns to be called at the end, so that the last message is not kept for nobody */
  open(label: string): () => void {
    const known = this.#labels.get(label) ?? { viewers: 0 }
    this.#labels.set(label, known)
    known.viewers++
    return () => {
      if (--known.viewers === 0) this.#labels.delete(label)
    }
  }

  /**
   * The message with the newest pictures of a label's streams.
   * @param frames those that its viewer may see (`Viewer.newest`)
   * @param last the message that the viewer had last, if it is to have those that did not fit into it
   */
  messageOf(label: string, frames: readonly ImageFrame[], last?: GridMessage): GridMessage {
    const ofLabel = this.#labels.get(label)
    const known = ofLabel?.latest
    const isSame = known?.frames.length === frames.length && known.frames.every((frame, i) => frame === frames[i])
    if (known && isSame && known !== last) return known
    const { chosen, next, missing } = choosePictures(frames, known?.next ?? 0, this.#maxBytes, () =>
      this.#limited('labels.message_bytes'),
    )
    const message = utf8Message(...partsOf(label, chosen))
    const grid = { frames, next, message, bytes: message.bytes, chosen: chosen.length, missing }
    if (ofLabel) ofLabel.latest = grid
    return grid
  }
}

/** What is kept of a label's latest message. */
interface Grid extends GridMessage {
  /** The newest frames when it was made, whether they are in it or not. */
  readonly frames: readonly ImageFrame[]
  /** Where the next message begins, if it cannot hold all. */
  readonly next: number
}

/** The JSON `{label, images: [{key, image}, …]}`, in pieces. */
function partsOf(label: string, frames: readonly ImageFrame[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  let text = `{"label":${JSON.stringify(label)},"images":[`
  for (const [i, frame] of frames.entries()) {
    text += `${i > 0 ? ',' : ''}{"key":${JSON.stringify(frame.stream.key)},"image":"`
    parts.push(encoder.encode(text), frame.encoded(base64Picture))
    text = '"}'
  }
  parts.push(encoder.encode(`${text}]}`))
  return parts
}

const encoder = new TextEncoder()
