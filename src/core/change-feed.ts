/** What a server may cache and must reload when others have changed it. */
export type Topic = 'accounts' | 'cameras'

/**
 * Cache invalidation: notifies subscribers that others (the command line, another server) have changed stored data. The
 * new data is then to be read from the store.
 */
export interface ChangeFeed {
  /**
   * Calls `listener` soon after each change by others, and perhaps without one: a feed that cannot distinguish topics
   * calls for all of them, and one that may have missed a change calls as well. Own changes are not notified.
   * @param listener must not throw
   * @returns unsubscribes
   */
  subscribe(topic: Topic, listener: () => void): () => void
  /** Looks for changes at once: listeners of what has changed are called before it returns. */
  check(): void
}
