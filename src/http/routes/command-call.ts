import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CommandCall } from '../../core/commands.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** Who gives a command by a request. @throws Refusal `unauthenticated` */
export function commandCallOf(
  guard: Pick<RequestGuard, 'addressOf'>,
  request: FastifyRequest,
  reply: FastifyReply,
): CommandCall {
  const gone = new AbortController()
  reply.raw.on('close', () => gone.abort())
  return { principal: principalOf(request), address: guard.addressOf(request), signal: gone.signal }
}
