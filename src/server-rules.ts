import type { Config } from './config/all-settings.ts'
import { atMostHalf } from './core/quota.ts'

/* The rules of the server's parts, from the settings: seconds become milliseconds, reserved parts of a whole at most half. */

/** How many calls a client may make. */
export function callLimits({ limits }: Config) {
  return {
    callsPerMinute: limits.calls_per_minute,
    guestCallsPerMinute: limits.guest_calls_per_minute,
    publicCallsPerMinute: limits.public_calls_per_minute,
  }
}

/** Commands. */
export function commandRules({ commands }: Config) {
  return {
    timeout: commands.timeout_s * 1000,
    paramBytes: commands.param_bytes,
    underWay: {
      max: commands.under_way,
      share: commands.under_way_per_client,
      reserved: atMostHalf(commands.under_way_reserved, commands.under_way),
    },
  }
}

/** The memory that is held for clients. */
export function heldBytesRules({ limits }: Config) {
  return {
    max: limits.held_bytes,
    share: limits.held_bytes_per_client,
    reserved: atMostHalf(limits.held_bytes_reserved, limits.held_bytes),
  }
}

/** Streams and the memory of their frames. */
export function hubRules({ streams, frames }: Config) {
  return {
    streams: { max: streams.max, share: streams.per_publisher, reserved: atMostHalf(streams.reserved, streams.max) },
    frameMemory: {
      total: {
        max: streams.total_bytes,
        share: streams.bytes_per_publisher,
        reserved: atMostHalf(streams.bytes_reserved, streams.total_bytes),
      },
      metadata: {
        max: streams.total_metadata_bytes,
        share: streams.metadata_bytes_per_publisher,
        reserved: atMostHalf(streams.metadata_bytes_reserved, streams.total_metadata_bytes),
      },
    },
    storeTimeout: frames.store_timeout_ms,
    staleAfter: streams.stale_after_ms,
    staleAfterIntervals: streams.stale_after_intervals,
    offlineAfter: streams.offline_after_s * 1000,
    firstOfflineAfter: streams.first_offline_after_s * 1000,
    unchangedAfter: streams.unchanged_after_s > 0 ? streams.unchanged_after_s * 1000 : Number.POSITIVE_INFINITY,
    isEqual: (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0,
    forgetAfter: streams.forget_after_s * 1000,
    ringFrames: streams.ring_frames,
    nextRingFrames: streams.next_ring_frames,
    ringBytes: streams.ring_bytes,
  }
}

/** HTTP connections. */
export function httpConnectionRules({ http, limits }: Config) {
  return {
    max: limits.http_connections,
    maxOfAddress: limits.http_connections_per_address,
    maxPipelined: limits.pipelined_requests,
    headTimeout: http.head_timeout_s * 1000,
    requestTimeout: http.request_timeout_s * 1000,
    answerTimeout: http.answer_timeout_s * 1000,
  }
}

/** WebSockets and other long-lived connections. */
export function connectionRules({ viewers, limits }: Config) {
  return {
    max: viewers.max,
    maxOfClient: limits.connections_per_client,
    reserved: Math.floor((viewers.max * viewers.reserved_percent) / 100),
    idlePing: viewers.idle_ping_s * 1000,
    deadAfter: viewers.dead_after_s * 1000,
    publisherDeadAfter: Math.max(viewers.publisher_dead_after_s, viewers.dead_after_s) * 1000,
    unreadAfter: viewers.unread_s * 1000,
    unfinishedAfter: limits.message_s * 1000,
    messagesPerTurn: limits.messages_per_turn,
    messagesPerSecond: limits.messages_per_s,
    clientMessagesPerSecond: limits.client_messages_per_s,
  }
}
