/*
 * Reads server-sent events (SSE): https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */

/** A message of an event stream, as a client gets it. */
export interface ReceivedEvent {
  /** Its type; "message" if the server named none. */
  readonly type: string
  readonly data: string
}

/**
 * The incremental parser of one event stream, for clients that read it themselves instead of with the browser's
 * `EventSource`, which tells nobody the HTTP status and how long to wait.
 */
export class EventStreamParser {
  readonly #dispatch: (event: ReceivedEvent) => void
  #lastEventId: string
  #retry: number | undefined
  /** The beginning of a line whose end has not come yet. */
  #rest = ''
  /** Whether the last chunk ended with CR: an LF at the start of the next one belongs to it. */
  #endedWithCr = false
  #type = ''
  #data: string[] = []
  #id: string

  /**
   * @param dispatch called with each message; `lastEventId` and `retry` are up to date by then
   * @param lastEventId where an earlier stream ended
   */
  constructor(dispatch: (event: ReceivedEvent) => void, lastEventId = '') {
    this.#dispatch = dispatch
    this.#lastEventId = lastEventId
    this.#id = lastEventId
  }

  /** The id of the newest message that had one: where to go on. Empty before that. */
  get lastEventId(): string {
    return this.#lastEventId
  }

  /** How long the server wants its clients to wait before they reconnect, ms; undefined if it has not said. */
  get retry(): number | undefined {
    return this.#retry
  }

  /** Takes the next piece of the stream, of any length. What is after the last line break waits for the rest. */
  push(text: string): void {
    if (text === '') return
    const piece = this.#endedWithCr && text.startsWith('\n') ? text.slice(1) : text
    this.#endedWithCr = piece.endsWith('\r')
    const lines = (this.#rest + piece).split(/\r\n|\r|\n/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#take(line)
  }

  #take(line: string): void {
    if (line === '') {
      this.#end()
      return
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') this.#type = value
    else if (field === 'data') this.#data.push(value)
    else if (field === 'id' && !value.includes('\0')) this.#id = value
    else if (field === 'retry' && /^\d+$/.test(value)) this.#retry = Number(value)
  }

  #end(): void {
    const event = { type: this.#type || 'message', data: this.#data.join('\n') }
    const isEmpty = this.#data.length === 0
    this.#type = ''
    this.#data = []
    this.#lastEventId = this.#id
    if (!isEmpty) this.#dispatch(event)
  }
}
