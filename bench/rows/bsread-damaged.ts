import { join } from 'node:path'
import type { Outcome } from '../../test/support/read-damaged.ts'
import type { Benchmark } from '../lib/figure.ts'
import { Program } from '../lib/program.ts'
import { SERVER_FLAGS } from '../lib/servers.ts'

const PROGRAM = join(import.meta.dirname, '..', 'programs', 'bsread-damaged.ts')
const SEED = 1
const MESSAGES = 1_000_000
const REACH_MB = 400
/** ms */
const PATIENCE = 240_000

/** What the program prints. */
interface Result {
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** µs */
  readonly cpu: number
  /** KB */
  readonly memory: number
}

/** A million recorded messages of instruments with bits flipped, frames cut, sizes made huge: no error but ours. */
export const bsreadDamaged: Benchmark = {
  name: 'bsread-damaged',
  async run() {
    // It ends with the error of the first message that does not end as it should.
    const args = [...SERVER_FLAGS, PROGRAM, String(SEED), String(MESSAGES)]
    const result = await new Program(process.execPath, args).result<Result>(PATIENCE)
    const { message, command, value, error } = result.outcomes
    const megabytes = result.memory / 1024
    return {
      figures: [
        {
          what: `${MESSAGES} damaged bsread messages: what becomes of them`,
          yardstick: '–',
          reach: 'a message, or an error of ours',
          measured: `${message} messages with ${value} values, ${command} commands, ${error} errors; ${(result.cpu / MESSAGES).toFixed(0)} µs each`,
          isReached: true,
        },
        {
          what: 'the same: most memory of the process',
          yardstick: '–',
          reach: `≤ ${REACH_MB} MB`,
          measured: `${megabytes.toFixed(0)} MB`,
          isReached: megabytes <= REACH_MB,
        },
      ],
      raw: result,
    }
  },
}
