import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'

/** The files of a self-signed certificate for this machine. */
export interface TestCertificate {
  readonly cert: string
  readonly key: string
}

/** Makes one with OpenSSL; replaces an existing one of the same name atomically, like a renewal. */
export function makeCertificate(folder: string, name = 'own'): TestCertificate {
  const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
  const fresh = { cert: `${files.cert}.new`, key: `${files.key}.new` }
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  const openssl = process.env.BELVEDERE_TEST_OPENSSL ?? 'openssl'
  execFileSync(openssl, ['req', ...kind, ...names, '-out', fresh.cert, '-keyout', fresh.key], { stdio: 'pipe' })
  renameSync(fresh.cert, files.cert)
  renameSync(fresh.key, files.key)
  return files
}

/** A response over TLS. */
export interface SecureAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The SHA-256 fingerprint of the server's certificate. */
  readonly fingerprint: string
}

/** Sends a request on a new connection that trusts only this certificate. @throws when the server presents another */
export function secureRequest(
  url: string,
  ca: Buffer | string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    const { method, headers, body } = options
    const outgoing = request(url, { ca, agent: false, method, headers }, (incoming) => {
      const { socket } = incoming
      const fingerprint = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : ''
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (data) => {
        text += data
      })
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text, fingerprint }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** The current certificate in the file. */
export function certificateIn({ cert }: TestCertificate): Buffer {
  return readFileSync(cert)
}
