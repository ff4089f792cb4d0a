import { EventLoopTurns } from '../../core/event-loop-turns.ts'
import { hasPriority, type Principal } from '../../core/principal.ts'
import { Quota, type QuotaRules } from '../../core/quota.ts'
import { PRIVILEGED } from '../../core/quota-client.ts'
import type { Engine } from '../../http/transport/engine-io/engine.ts'
import { engineRoutes } from '../../http/transport/engine-io/engine-routes.ts'
import type { KnownRequest } from '../../http/transport/request-guard.ts'
import { LabelUpdates } from '../../sinks/label-updates.ts'
import type { BeamlineParts } from '../../sinks/socket-io/beamline-client.ts'
import type { SocketIoClientParts } from '../../sinks/socket-io/client.ts'
import type { LabelFeed } from '../../sinks/socket-io/label-feed.ts'
import type { House } from '../feature.ts'

/** What other parts of this feature give to clients of Socket.IO. */
export interface SocketIoFeatureParts extends Pick<SocketIoClientParts, 'videoFor'> {
  readonly beamline: BeamlineParts
}

/** Socket.IO at `/socket.io`. */
export async function socketIo(house: House, places: QuotaRules, parts: SocketIoFeatureParts): Promise<void> {
  let engine: Promise<Engine> | undefined
  const { app, handOvers, readBody } = house
  await engineRoutes(app, {
    path: '/socket.io',
    handOvers,
    readBody,
    isClosing: () => house.isClosing,
    engine() {
      engine ??= startEngine(house, places, parts)
      return engine
    },
  })
  house.onClosing(async () => (await engine)?.closeConnecting())
}

/** Loads the libraries, which takes some megabytes, and puts them together. */
async function startEngine(house: House, places: QuotaRules, parts: SocketIoFeatureParts): Promise<Engine> {
  const { guard, handOvers, basePaths, events, clock, log, metrics, config } = house
  const { streaming } = config
  const [{ Engine }, { SocketIoNamespaces }] = await Promise.all([
    import('../../http/transport/engine-io/engine.ts'),
    import('../../sinks/socket-io/namespaces.ts'),
  ])
  const debug = (fields: object, message: string) => log.debug(fields, message)
  const engine = new Engine(
    {
      clock,
      log,
      debug,
      turns: new EventLoopTurns(setImmediate),
      limited: (limit) => metrics.limited(limit),
      noteRefusal: guard.noteRefusal,
      holderOf: guard.holderOf,
      addressOf: (request) => guard.addressOf(request),
      basePathOf: ({ raw }) => basePaths.of(raw),
      ownerOf: (request: KnownRequest, principal: Principal) => {
        const client = guard.connectionsOf(request, principal)
        // Who is on this machine itself has no share either.
        return client === undefined || hasPriority(principal) ? PRIVILEGED : { client, isPrivileged: false }
      },
      authorize: (request, action, token) => guard.authorize(request, action, token),
      register: (request, connection) => handOvers.register(request, connection, 'socket.io'),
      registered: (socket) => handOvers.counted(socket),
      visitorBudget: (holder) => handOvers.visitorBudget(holder),
      connecting: new Quota({ max: streaming.connecting, share: streaming.connecting_per_client }),
      places: new Quota(places),
    },
    HEARTBEAT,
  )
  const namespaces = new SocketIoNamespaces({
    events,
    clock,
    log,
    debug,
    counters: metrics,
    commands: house.commands,
    labels: labelUpdates(house),
    ...parts,
    firstGenerationAfter: streaming.update_after_s * 1000,
    connectionOf: (conn) => engine.sessionOf(conn),
    connectTimeout: streaming.connecting_s * 1000,
    recoveryTime: streaming.recovery_s * 1000,
    maxRecoverable: streaming.recoverable,
    fullRetry: streaming.full_retry_s * 1000,
  })
  namespaces.bind(engine)
  return engine
}

/** The first generation's `update`. */
function labelUpdates({ hub, clock, log, metrics, config: { labels } }: House): LabelFeed {
  return new LabelUpdates({
    hub,
    clock,
    log,
    counters: metrics,
    interval: labels.update_interval_s * 1000,
    maxMessageBytes: labels.message_bytes,
    inNextTurn: setImmediate,
  })
}

/** Engine.IO's own: how often a client is pinged, and how long it may take to answer, ms. */
const HEARTBEAT = { pingInterval: 25_000, pingTimeout: 20_000 }
