import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { RequestListener, ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import { ConfigError } from '../../config/config-error.ts'
import type { Clock } from '../../core/clock.ts'
import type { Counters } from '../../core/counters.ts'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'

/** The paths of the certificate and its private key (PEM), for HTTPS. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** What a certificate needs. */
export interface CertificateParts {
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
  /** How long a TLS handshake may take, ms. */
  readonly handshakeTimeout: number
}

/** The TLS certificate with its key, reloaded without a restart when the files are renewed. */
export class Certificate {
  readonly #files: CertificateFiles
  readonly #parts: CertificateParts
  #pair: Pair
  /** What was wrong with the files at the last check. */
  #problem: string | undefined

  private constructor(files: CertificateFiles, pair: Pair, parts: CertificateParts) {
    this.#files = files
    this.#parts = parts
    this.#pair = pair
  }

  /**
   * Reads and checks the files.
   * @returns undefined when no files are configured
   * @throws ConfigError when they cannot be read or are not a matching certificate and key
   */
  static async open(
    { cert, key }: Partial<CertificateFiles>,
    parts: CertificateParts,
  ): Promise<Certificate | undefined> {
    if (cert === undefined || key === undefined) return undefined
    const files = { cert, key }
    const pair = await readPair(files)
    checkPair(pair, files)
    return new Certificate(files, pair, parts)
  }

  /** Makes an HTTPS server that reloads renewed files while it listens. */
  makeServer(options: ServerOptions, listener: RequestListener): Server {
    const { counters, handshakeTimeout } = this.#parts
    const server = createServer({ ...options, ...this.#pair, handshakeTimeout }, listener)
    // A peer that does not speak TLS, or never starts the handshake, cannot be answered: Node would answer it as a
    // malformed HTTP request, and that response would never be sent.
    server.prependListener('tlsClientError', (error, socket) => {
      if ('code' in error && error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT')
        counters.limited('http.tls.handshake_timeout_s')
      socket.destroy()
    })
    server.once('listening', () => this.#watch(server))
    return server
  }

  #watch(server: Server): void {
    const look = async () => {
      server.off('close', cancel)
      await this.#renew(server)
      if (server.listening) this.#watch(server)
    }
    const cancel = this.#parts.clock.after(LOOK_MS, () => void look())
    server.once('close', cancel)
  }

  /** Reloads the files if they have changed; an invalid pair is logged and the old one kept. */
  async #renew(server: Server): Promise<void> {
    const files = this.#files
    const { log } = this.#parts
    try {
      // Compared by content: modification times miss a symbolic link that points elsewhere now.
      const pair = await readPair(files)
      if (!pair.cert.equals(this.#pair.cert) || !pair.key.equals(this.#pair.key)) {
        checkPair(pair, files)
        server.setSecureContext(pair)
        this.#pair = pair
        log.info({ cert: files.cert }, 'the certificate was renewed')
      }
      this.#problem = undefined
    } catch (error) {
      const problem = messageOf(error)
      if (problem !== this.#problem) log.warn({ problem }, 'the certificate was not renewed, the old one stays')
      this.#problem = problem
    }
  }
}

interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
}

async function readPair({ cert, key }: CertificateFiles): Promise<Pair> {
  return { cert: await read('http.tls.cert', cert), key: await read('http.tls.key', key) }
}

async function read(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new ConfigError([`${setting}: ${path} cannot be read (${messageOf(error)}).`])
  }
}

/** @throws ConfigError when they are not a matching certificate and key, or not usable for TLS */
function checkPair({ cert, key }: Pair, files: CertificateFiles): void {
  const certificate = parse(() => new X509Certificate(cert), `http.tls.cert: ${files.cert} must hold a certificate`)
  const privateKey = parse(() => createPrivateKey(key), `http.tls.key: ${files.key} must hold a key without a password`)
  if (!certificate.checkPrivateKey(privateKey))
    throw new ConfigError([`http.tls.key: ${files.key} is not the key of the first certificate in ${files.cert}.`])
  parse(() => createSecureContext({ cert, key }), `http.tls: ${files.cert} and ${files.key} must be fit for TLS`)
}

/** @param demand the start of the error message: "http.tls.cert: /some/file must hold a certificate" */
function parse<T>(make: () => T, demand: string): T {
  try {
    return make()
  } catch (error) {
    throw new ConfigError([`${demand}, in PEM (${messageOf(error)}).`])
  }
}

/** How often the files are checked, ms. */
const LOOK_MS = 30_000
