// `npm run bench`: runs the benchmarks behind docs/benchmarks.md.
//
//   bench.mjs [NAME …]     without a name all of them, except those that take an hour

import { join } from 'node:path'
import { runAndExit } from './lib/child.mjs'
import { chromium } from './lib/chromium.mjs'
import { gstreamerPython } from './lib/gstreamer.mjs'
import { buildPage } from './lib/page.mjs'
import { pythonWith } from './lib/python.mjs'
import { ROOT } from './lib/root.mjs'
import { prepare } from './lib/runtime.mjs'
import { compileServer } from './lib/server.mjs'
import { systemProgram } from './lib/system.mjs'

const given = process.argv.slice(2)
const names = given.filter((argument) => /^[a-z]/.test(argument))
const isOfCameras = names.length === 0 || names.some((name) => name.includes('camera'))
const isOfPage = names.length === 0 || names.some((name) => name.startsWith('page-'))

const node = await prepare()
await systemProgram(['gcc'], ['gcc', 'libc6-dev'], 'the yardsticks of the benchmarks are written in C')
await systemProgram(
  ['/usr/include/turbojpeg.h'],
  ['libturbojpeg0-dev'],
  'the yardstick of scale-jpeg uses libjpeg-turbo',
)
await systemProgram(['/usr/include/zmq.h'], ['libzmq3-dev'], 'the yardsticks of instruments use libzmq')
await buildPage(node)
await compileServer(node)
const env = { ...process.env }
if (names.length === 0 || names.includes('bitshuffle'))
  env.BELVEDERE_BENCH_PYTHON ??= await pythonWith(['bitshuffle==0.5.2'], 'the yardstick of bitshuffle is its C library')
if (isOfCameras) {
  env.BELVEDERE_TEST_FFMPEG ??= await systemProgram(['ffmpeg'], ['ffmpeg'], 'cameras are decoded with it')
  env.BELVEDERE_TEST_GSTREAMER_PYTHON ??= await gstreamerPython('the benchmarks of cameras start it')
}
if (isOfPage) env.BELVEDERE_TEST_CHROMIUM ??= await chromium('the benchmarks of the page need it')
await runAndExit(node, [join(ROOT, 'bench', 'main.ts'), ...given], { cwd: ROOT, env })
