import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './command.ts'
import { until } from './until.ts'

const NGINX = process.env.BELVEDERE_TEST_NGINX ?? '/usr/sbin/nginx'

/**
 * Starts a real nginx on this machine, ended after the test.
 * @param text what stands inside `http { … }`
 * @param url an address that answers once it runs
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
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
  }, `nginx answers (${said})`)
}
