import { createContext, useContext } from 'react'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import type { ConnectionState } from '../access/connection-state.ts'
import { useStore } from '../hooks/use-store.ts'
import type { Feed } from './feed.ts'

/** The page's one feed. */
export const FeedContext = createContext<Feed | undefined>(undefined)

/** The feed that the page was opened with. */
export function useFeed(): Feed {
  const feed = useContext(FeedContext)
  if (!feed) throw new Error('there is no feed around this component')
  return feed
}

/** How the connection does, kept up to date. */
export function useConnection(): ConnectionState {
  return useFromFeed((feed) => feed.connection)
}

/** All streams there are, in the wall's order, and whether the server has told of all, kept up to date. */
export function useStreams(): { streams: readonly LiveStream[]; isComplete: boolean } {
  return { streams: useFromFeed((feed) => feed.streams), isComplete: useFromFeed((feed) => feed.isComplete) }
}

/** Grows when what was seen must not be seen any more; for the `key` of what shows pictures. */
export function useEpoch(): number {
  return useFromFeed((feed) => feed.epoch)
}

function useFromFeed<Value>(read: (feed: Feed) => Value): Value {
  return useStore(useFeed(), read)
}
