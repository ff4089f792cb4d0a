import { createContext, useContext } from 'react'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import type { ConnectionState } from '../access/connection-state.ts'
import { useStore } from '../hooks/use-store.ts'
import type { Feed } from './feed.ts'

/** The context of the page's feed. */
export const FeedContext = createContext<Feed | undefined>(undefined)

/** A hook: the page's feed. @throws Error outside of the context */
export function useFeed(): Feed {
  const feed = useContext(FeedContext)
  if (!feed) throw new Error('there is no feed around this component')
  return feed
}

/** A hook: the state of the connection. */
export function useConnection(): ConnectionState {
  return useFromFeed((feed) => feed.connection)
}

/** A hook: all streams in the wall's order, and whether the list is complete. */
export function useStreams(): { streams: readonly LiveStream[]; isComplete: boolean } {
  return { streams: useFromFeed((feed) => feed.streams), isComplete: useFromFeed((feed) => feed.isComplete) }
}

/** A hook: increases when everything shown must disappear; used as `key` of components with pictures. */
export function useEpoch(): number {
  return useFromFeed((feed) => feed.epoch)
}

function useFromFeed<Value>(read: (feed: Feed) => Value): Value {
  return useStore(useFeed(), read)
}
