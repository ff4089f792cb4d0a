import { type ComponentType, createElement, lazy } from 'react'
import { pageUpdate } from './this-page.ts'

/** What has the parts that failed loaded again when they are next shown. */
const failed = new Set<() => void>()
/** The style sheets of parts that could not be loaded, which the bundler asks for only once. */
const failedSheets = new Set<HTMLLinkElement>()
window.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement) failedSheets.add(target)
  },
  // Such an event does not bubble.
  { capture: true },
)

/**
 * A part of the page whose code is loaded when it is first shown (code splitting). While it cannot be loaded it throws to
 * the error boundary around it; `retryFailedParts` gives it another attempt, which `React.lazy` alone would not.
 * @param load imports it
 */
export function lazyPart<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> {
  const attempt = () =>
    lazy(async () => {
      try {
        return await load()
      } catch (error) {
        failed.add(() => {
          current = attempt()
        })
        void pageUpdate.partFailed()
        throw error
      }
    })
  let current = attempt()
  return function LazyPart(props: Props) {
    return createElement<Props>(current, props)
  }
}

/** Has the parts that could not be loaded loaded again, their style sheets too, when they are next shown. */
export function retryFailedParts(): void {
  for (const retry of failed) retry()
  failed.clear()
  for (const sheet of failedSheets) sheet.replaceWith(sheet.cloneNode())
  failedSheets.clear()
}
