type Listener = (...args: unknown[]) => void
type Answered = (answer?: unknown) => void

/** A fake socket of Socket.IO's client, for tests of what is built on it. */
export class FakeIoSocket {
  connected = false
  readonly io: { readonly opts: { query?: unknown } } = { opts: {} }
  readonly sent: { name: string; payload: unknown; answered: Answered | undefined }[] = []
  attempts = 0
  readonly url: string
  readonly options: { auth: (send: (data: object) => void) => void }
  readonly #listeners = new Map<string, Listener>()

  constructor(url: string, options: object) {
    this.url = url
    this.options = options as FakeIoSocket['options']
  }

  on(name: string, listener: Listener) {
    this.#listeners.set(name, listener)
  }

  emit(name: string, payload: unknown, answered?: Answered) {
    this.sent.push({ name, payload, answered })
  }

  connect() {
    this.attempts++
  }

  close() {
    if (this.connected) this.lose('io client disconnect')
  }

  /** What comes from the server. */
  receive(name: string, ...args: unknown[]) {
    this.#listeners.get(name)?.(...args)
  }

  accept() {
    this.connected = true
    this.receive('connect')
  }

  lose(reason = 'transport close') {
    this.connected = false
    this.receive('disconnect', reason)
  }

  get credentials() {
    let shown: object = {}
    this.options.auth((data) => {
      shown = data
    })
    return shown
  }
}
