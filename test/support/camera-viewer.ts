import type { Fields, TestServer } from './server.ts'
import { type FrameMessage, frameOf, TestSocket } from './sockets.ts'

/** Somebody who watches one stream on `/ws/live`. */
export class CameraViewer {
  readonly #socket: TestSocket

  private constructor(socket: TestSocket) {
    this.#socket = socket
  }

  /** @param width that is wanted, pixels; left out: as they are */
  static async open(
    server: Pick<TestServer, 'socketUrl'>,
    { label, key }: { readonly label: string; readonly key: string },
    width?: number,
  ): Promise<CameraViewer> {
    const socket = await TestSocket.open(server.socketUrl('/ws/live'))
    socket.ask({ type: 'watch', id: 1, label, key, width })
    return new CameraViewer(socket)
  }

  /** The next picture that is like that; those before it are taken. */
  async picture(isRight: (header: Fields) => boolean = () => true): Promise<FrameMessage> {
    for (;;) {
      const frame = this.#taken(await this.#socket.nextPicture())
      if (isRight(frame.header)) return frame
    }
  }

  /** A picture that reaches the server from now on. */
  freshPicture(): Promise<FrameMessage> {
    const now = Date.now()
    return this.picture(({ received_at }) => Number(received_at) > now)
  }

  /** Waits until the stream is said to be in that state, for such a reason. */
  async told(state: string, reason: RegExp): Promise<void> {
    for (;;) {
      const message = await this.#socket.next()
      if (typeof message !== 'string') {
        this.#taken(frameOf(message))
        continue
      }
      const { stream, streams } = JSON.parse(message)
      const isSo = (each: Fields) => each.state === state && reason.test(String(each.reason ?? ''))
      if ([streams ?? stream ?? []].flat().some(isSo)) return
    }
  }

  async leave(): Promise<void> {
    await this.#socket.close()
  }

  #taken(frame: FrameMessage): FrameMessage {
    this.#socket.ask({ type: 'credit', n: Number(frame.header.n) })
    return frame
  }
}
