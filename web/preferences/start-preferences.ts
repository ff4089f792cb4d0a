import { fetchJson } from '../access/fetch-json.ts'
import { sessions } from '../access/page-session.ts'
import { shareToken } from '../access/share-token.ts'
import { currentTexts, followOtherTabs, owner, preferenceStores, takeTexts } from './preference-stores.ts'
import { PreferenceSync } from './preference-sync.ts'
import { PERSONAL, PREFERENCES, type Preference, readDocument, takenOver, textsOfDocument } from './preferences.ts'

const PATH = '/account/preferences'
/** The debounce delay after the last change, ms. */
const SETTLE_MS = 1000

/** Syncs the preferences with the signed-in user's account as long as the page is open. */
export function startPreferences(): void {
  if (shareToken() !== undefined) {
    detachPersonal()
    return
  }
  followOtherTabs()
  const sync = new PreferenceSync(
    {
      load: () => fetchJson(PATH),
      save: (body, isLast) => fetchJson(PATH, { method: 'PUT', body, keepalive: isLast }),
    },
    (action) => {
      const timer = setTimeout(action, SETTLE_MS)
      return () => clearTimeout(timer)
    },
  )
  /** The owner of the preferences; undefined: not known yet. */
  let holder: { readonly id: string | undefined } | undefined
  /** What the user has changed before that. */
  const early = new Set<Preference>()
  const chosen = (name: Preference) => sync.chosen(name, preferenceStores[name].text)
  for (const name of PREFERENCES)
    preferenceStores[name].subscribe((origin) => {
      if (origin !== 'chosen') return
      if (!holder) early.add(name)
      else if (holder.id !== undefined) chosen(name)
    })
  window.addEventListener('pagehide', () => sync.saveLast())

  const follow = () => {
    const { session } = sessions.current
    // In another tab than that of the link.
    if (session?.kind === 'link') detachPersonal()
    if (!session || (holder && session.user?.id === holder.id)) return
    const { id } = session.user ?? { id: undefined }
    holder = { id }
    if (id !== undefined) for (const name of early) chosen(name)
    early.clear()
    if (id === undefined) {
      if (owner.text !== undefined) become(undefined, {})
      return
    }
    sync.load().then(
      (document) => become(id, document),
      // Ignored: the browser's stored preferences will do until the page is reloaded.
      () => {},
    )
  }
  sessions.subscribe(follow)
  follow()
}

/** A guest with a share link neither reads nor leaves personal preferences in a browser that may be another person's. */
function detachPersonal(): void {
  for (const name of PERSONAL) preferenceStores[name].detach()
}

/**
 * Loads an account's preferences before the page is reloaded after sign-in, so that nothing changes after rendering.
 */
export async function fetchPreferences(userId: string): Promise<void> {
  try {
    become(userId, readDocument(await fetchJson(PATH)))
  } catch {
    // Ignored: the page loads them again when it starts.
  }
}

function become(id: string | undefined, document: Parameters<typeof textsOfDocument>[0]): void {
  takeTexts(takenOver({ texts: currentTexts(), owner: owner.text }, { texts: textsOfDocument(document), owner: id }))
  owner.set(id, 'taken')
}
