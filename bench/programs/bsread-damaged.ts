/*
 * Reads damaged messages of instruments with all their values. Prints what came of them, the CPU time in µs and the most memory
 * of this process in KB.
 *
 *   bsread-damaged.ts SEED COUNT
 */
import { BSREAD_LIMITS } from '../../src/wire/bsread/limits.ts'
import { readDamaged } from '../../test/support/read-damaged.ts'

const [seed = 0, count = 0] = process.argv.slice(2).map(Number)
const outcomes = readDamaged(seed, count, BSREAD_LIMITS)
const { user, system } = process.cpuUsage()
console.log(JSON.stringify({ outcomes, cpu: user + system, memory: process.resourceUsage().maxRSS }))
