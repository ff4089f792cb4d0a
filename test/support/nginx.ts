import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './command.ts'
import { until } from './until.ts'

const NGINX = process.env.BELVEDERE_TEST_NGINX ?? '/usr/sbin/nginx'

/**
 * Starts a real nginx on this machine, and waits until it listens; ended after the test.
 * @param text what stands inside `http { … }`; its log files come into a temporary folder
 * @param url an address that it serves, on a port that was free
 */
export async function startNginx(text: string, url: string): Promise<void> {
  const folder = temporaryFolder()
  const file = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder};`)
  // Its workers may not be another user, who could not use the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const log = text.replaceAll(/\/var\/log\/nginx/g, folder)
  writeFileSync(
    file,
    `${user} daemon off; worker_processes 1; pid ${folder}/pid; events {} http { ${temporary.join(' ')}\n${log} }`,
  )
  const child = spawn(NGINX, ['-c', file, '-p', folder, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exited
  })
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`nginx has ended: ${said}`)
    return isListening(Number(new URL(url).port))
  }, `nginx listens (${said})`)
}

/** Whether something listens on a port: an answer may need a password, or a certificate that nobody trusts. */
async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy())
}
