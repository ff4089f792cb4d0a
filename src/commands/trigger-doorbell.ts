import { ALL, mayAny } from '../core/authorization.ts'
import type { DefaultCamera } from '../core/default-camera.ts'
import type { EventLog } from '../core/event-log.ts'
import type { Hub } from '../core/hub.ts'
import { type Principal, systemPrincipal } from '../core/principal.ts'
import { quotaClientOf } from '../core/quota-client.ts'
import { checkName } from '../core/stream-name.ts'
import { seconds } from '../wire/doorbell-event.ts'
import { nameOf } from './appended-event.ts'
import type { Command } from './command.ts'
import { CommandParams, type ParamValues } from './command-params.ts'

/** What the doorbell needs. */
export interface DoorbellParts {
  readonly events: EventLog
  readonly hub: Hub
  readonly camera: DefaultCamera
}

/**
 * The command `trigger_doorbell`: an event DOORBELL_PRESSED, with the picture of its camera.
 * @returns its result: `{triggered: true, timestamp, event_id}`, the time in seconds since 1970; with a `receipt` instead of
 *   the id where the event waits for the log
 */
export function triggerDoorbell({ events, hub, camera }: DoorbellParts): Command {
  const doorOf = (principal: Principal, { label, key }: ParamValues) => {
    if (label === undefined) return camera.of(principal) ?? { label: 'doorbell' }
    return { label: checkName('label', label), ...(key !== undefined && { key: checkName('key', key) }) }
  }
  return {
    name: 'trigger_doorbell',
    description: 'Rings the doorbell. Without a label it is that of the default camera.',
    params: new CommandParams({
      label: { type: 'string', description: 'Where it rings' },
      key: { type: 'string', description: 'The camera of the door' },
    }),
    action: 'command',
    isFor: (principal) => mayAny(principal, 'command'),
    targetOf: (params, principal) => doorOf(principal, params),
    async execute({ principal, target, begin }) {
      const { label, key } = target
      const isCamera = label !== undefined && key !== undefined
      const image = isCamera ? hub.directory.pictureForEvent(DOORBELL, { label, key }) : undefined
      const ring = { type: 'DOORBELL_PRESSED', source: 'doorbell', priority: 'HIGH', ...target, data: {} } as const
      const { client: publisher } = quotaClientOf(principal)
      const { event } = await events.append(DOORBELL, ring, { image, publisher, check: begin })
      return { triggered: true, timestamp: seconds(event.timestamp), ...nameOf(event) }
    },
  }
}

/** It publishes on behalf of whoever may give the command. */
const DOORBELL = systemPrincipal('the doorbell', [{ actions: ['publish'], scope: ALL }])
