/** What a server may keep at hand, and must read again when others have changed it. */
export type Topic = 'accounts' | 'cameras'

/**
 * Cache invalidation: tells that others (the command line, another server) have changed what is stored. What is new is
 * for the store to say.
 */
export interface ChangeFeed {
  /**
   * Calls `heard` soon after each change by others, and perhaps when there was none: a feed that cannot tell the topics
   * apart calls for all of them, one that may have missed something calls as well. One's own changes are not told.
   * @param heard must not throw
   * @returns what ends it
   */
  subscribe(topic: Topic, heard: () => void): () => void
}
