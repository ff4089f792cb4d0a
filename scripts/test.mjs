// `npm test`: installs and builds what the tests need, then runs them.
//
//   test.mjs [--coverage] [SUITE …] [FILTER or option of Vitest …]     without a suite all of them

import { accessSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binary } from './lib/binary.mjs'
import { runAndExit } from './lib/child.mjs'
import { chromium, headlessShell } from './lib/chromium.mjs'
import { gstreamerPython } from './lib/gstreamer.mjs'
import { buildPage } from './lib/page.mjs'
import { pythonWith } from './lib/python.mjs'
import { ROOT } from './lib/root.mjs'
import { prepare } from './lib/runtime.mjs'
import { systemProgram } from './lib/system.mjs'

/** The projects of vitest.config.ts. */
const SUITES = ['unit', 'contract', 'faults', 'e2e', 'live', 'timing']

/** What Python programs read event streams, events, videos, Redis and instruments with. */
const PYTHON_PACKAGES = [
  'redis==7.1.0',
  'requests==2.34.2',
  'sseclient-py==1.9.0',
  'python-socketio==5.18.1',
  'websocket-client==1.9.2',
  'opencv-python-headless==4.13.0.92',
  'pyzmq==27.1.0',
  'bitshuffle==0.5.2',
  'lz4==4.4.5',
]

/** How much memory the tests may need for files, which are deleted after each test: bytes. */
const MEMORY_FOR_FILES = 2_000_000_000

const given = process.argv.slice(2)
const suites = given.filter((argument) => SUITES.includes(argument))
const others = given.filter((argument) => !SUITES.includes(argument))

const node = await prepare()
await buildPage(node)
const env = environmentForTests()
// Each server opens a database or two of its own, which waits for the disk several times.
env.TMPDIR ??= foldersInMemory()
const isAsked = (suite) => suites.length === 0 || suites.includes(suite)
if (isAsked('unit') || isAsked('contract') || isAsked('faults'))
  await systemProgram(['redis-server'], ['redis-server'], 'the tests of what servers share start it')
if (isAsked('contract')) {
  env.BELVEDERE_TEST_OPENSSL ??= await systemProgram(['openssl'], ['openssl'], 'the tests of HTTPS make certificates')
  env.BELVEDERE_TEST_NGINX ??= await systemProgram(
    ['nginx', '/usr/sbin/nginx'],
    ['nginx-light'],
    'it divides viewers among servers',
  )
  env.BELVEDERE_TEST_CURL ??= await systemProgram(['curl'], ['curl'], 'people call the doorbell with it')
  env.BELVEDERE_TEST_PYTHON ??= await pythonWith(
    PYTHON_PACKAGES,
    'programs read event streams, videos, Redis and instruments with it',
  )
}
if (isAsked('contract') || isAsked('faults') || isAsked('e2e')) {
  env.BELVEDERE_TEST_FFMPEG ??= await systemProgram(['ffmpeg'], ['ffmpeg'], 'cameras and programs read videos with it')
  env.BELVEDERE_TEST_GSTREAMER_PYTHON ??= await gstreamerPython('the tests of cameras start it')
}
if (isAsked('e2e') || isAsked('live') || isAsked('timing')) {
  const purpose = 'the tests in a real browser need it'
  env.BELVEDERE_TEST_CHROMIUM ??= await chromium(purpose)
  env.BELVEDERE_TEST_HEADLESS_SHELL ??= await headlessShell(purpose)
}
if (isAsked('e2e'))
  env.BELVEDERE_TEST_FIREFOX ??= await systemProgram(
    ['firefox-esr', 'firefox'],
    ['firefox-esr'],
    'the tests of the page in Firefox need it',
  )

const projects = suites.flatMap((suite) => ['--project', suite])
await runAndExit(node, [binary('vitest'), 'run', ...projects, ...others], { cwd: ROOT, env })

/** The environment without the user's own settings, which every server in the tests would use. */
function environmentForTests() {
  const isSetting = (name) => /^BELVEDERE_(?!TEST_)/.test(name)
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)))
}

/** A folder for temporary files in memory; undefined where there is none, too little room, or no program may be run. */
function foldersInMemory() {
  const memory = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(memory)
    if (bavail * bsize < MEMORY_FOR_FILES) return undefined
    const folder = mkdtempSync(join(memory, 'belvedere-tests-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    const program = join(folder, 'program')
    writeFileSync(program, '', { mode: 0o700 })
    accessSync(program, constants.X_OK)
    return folder
  } catch {
    return undefined
  }
}
