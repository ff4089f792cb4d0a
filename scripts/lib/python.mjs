import { createHash } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child.mjs'
import { fail, say } from './console.mjs'
import { withLock } from './lock.mjs'
import { ROOT } from './root.mjs'
import { systemProgram } from './system.mjs'

/**
 * Makes a virtual environment of Python with some packages, once, inside the checkout.
 * @param {readonly string[]} requirements for pip: "requests==2.34.2"
 * @param {string} purpose for the message: "the tests read event streams with it"
 * @returns {Promise<string>} the path of its Python
 */
export async function pythonWith(requirements, purpose) {
  const hash = createHash('sha256').update(requirements.join()).digest('hex').slice(0, 8)
  const folder = join(ROOT, 'dist', `python-${hash}`)
  const python = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']))
  const done = join(folder, '.done')
  if (existsSync(done)) return python
  const system = await systemProgram(['python3', 'python'], ['python3', 'python3-venv'], purpose)
  await withLock('python', async () => {
    if (existsSync(done)) return
    rmSync(folder, { recursive: true, force: true })
    say(`Installing ${requirements.join(', ')} (once) …`)
    for (const [program, ...args] of [
      [system, '-m', 'venv', folder],
      [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements],
    ]) {
      const { code, output } = await run(program, args, { quiet: true })
      if (code === 0) continue
      fail(`${output}\nPython's packages could not be installed (${purpose}). On Debian: apt-get install python3-venv`)
    }
    writeFileSync(done, '')
  })
  return python
}
