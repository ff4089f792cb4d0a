import { pino } from 'pino'
import { BasePaths } from '../../src/access/base-path.ts'
import type { Holder } from '../../src/core/held-bytes.ts'
import { Quota } from '../../src/core/quota.ts'
import type { ConnectionRules } from '../../src/http/transport/connection-registry.ts'
import { RefusalDelay } from '../../src/http/transport/refusal-delay.ts'
import { RequestTurns } from '../../src/http/transport/request-turns.ts'
import type { UpgradeParts } from '../../src/http/transport/upgrade.ts'
import { ManualClock } from './manual-clock.ts'

/** The default settings of a test's connection registry; times in ms. */
export const CONNECTION_RULES: ConnectionRules = {
  max: 10,
  maxOfClient: 10,
  reserved: 0,
  idlePing: 30_000,
  deadAfter: 75_000,
  publisherDeadAfter: 3_600_000,
  unreadAfter: 60_000,
  unfinishedAfter: 60_000,
  messagesPerTurn: 16,
  messagesPerSecond: 500,
  clientMessagesPerSecond: 2500,
}

/** For whom memory is held in tests where that does not matter. */
export const NOBODY: Holder = { client: 'nobody', isPrivileged: false }

/** A quota of held bytes that is never full. */
export function unlimitedBytes(): Quota {
  return new Quota({ max: Number.POSITIVE_INFINITY, share: Number.POSITIVE_INFINITY })
}

/** The paths of a server that is at the root of its host. */
export const NO_BASE_PATH = new BasePaths('', () => false)

/** Turns for any number of requests. */
export const UNLIMITED_TURNS = new RequestTurns(Number.POSITIVE_INFINITY, () => {})

/** Never delays a refusal. */
export const NO_DELAY = new RefusalDelay({
  clock: new ManualClock(),
  counters: { limited() {} },
  perSecond: Number.POSITIVE_INFINITY,
})

/** What handlers of upgrades need, without limits: whoever comes is let in. */
export function upgradeParts(
  parts: Pick<UpgradeParts, 'registry' | 'authorize'> & Partial<UpgradeParts>,
): UpgradeParts {
  return {
    basePaths: NO_BASE_PATH,
    clock: new ManualClock(),
    log: pino({ level: 'silent' }),
    turns: UNLIMITED_TURNS,
    refusalDelay: NO_DELAY,
    limited() {},
    registered() {},
    noteRefusal() {},
    holderOf: () => NOBODY,
    clientOf: () => 'somebody',
    ...parts,
  }
}
