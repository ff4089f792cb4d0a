import { isLoopbackHost } from '../access/loopback-host.ts'
import { signedOutKeyOf } from './signed-out-text.ts'

/**
 * The hints below the form, each an i18n key (namespace `access`). Commands are for whoever sits at the server: everybody else
 * may have been sent a link, and has opened what it leads to in another browser.
 * @param hostname as in `location`
 * @param reason why the visitor was signed out, as the server says it
 */
export function signInHintsOf(
  hostname: string,
  reason: string | undefined,
): readonly ('first' | 'sentLink' | 'forgot')[] {
  if (isLoopbackHost(hostname)) return ['first']
  // Whose link has ended is told so above the form.
  const hasLinkEnded = reason !== undefined && signedOutKeyOf(reason) === 'out.link'
  return hasLinkEnded ? ['forgot'] : ['sentLink', 'forgot']
}
