// Hostile clients, as a process of their own:
//
//   attackers.ts TARGET
//
// TARGET is an `AttackTarget` as JSON. Prints "attacking", goes on until it is stopped with SIGTERM, and then prints what
// each attack was answered, as JSON.

import { ATTACKS, Attacker, type AttackTarget } from './attacks.ts'

const target: AttackTarget = JSON.parse(process.argv[2] ?? '')
const stop = new AbortController()
// A fetch whose connection is cut off at the wrong moment throws where nobody can catch it (undici, of Node 26).
process.on('uncaughtException', (error) => {
  if (!('code' in error && error.code === 'ERR_INVALID_STATE')) throw error
})
process.once('SIGTERM', () => stop.abort())
const attacks = ATTACKS.map(({ name, run }) => {
  const answers = new Map<string, number>()
  const ended = run(new Attacker(target, answers, stop.signal)).catch((error: unknown) => {
    if (!stop.signal.aborted) console.error(name, error)
  })
  return { name, answers, ended }
})
console.log('attacking')
// Nothing else may keep the process.
await Promise.race([
  Promise.all(attacks.map(({ ended }) => ended)),
  new Promise((resolve) => stop.signal.addEventListener('abort', () => setTimeout(resolve, 1000))),
])
const told = JSON.stringify(Object.fromEntries(attacks.map(({ name, answers }) => [name, Object.fromEntries(answers)])))
process.stdout.write(`${told}\n`, () => process.exit())
