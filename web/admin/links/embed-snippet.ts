import type { SharedStream } from '../../../src/core/account-store.ts'
import type { StreamName } from '../../../src/core/stream-name.ts'

/** The streams that a link shows now. @param known all streams, for those of whole sites */
export function streamsOf(shared: readonly SharedStream[], known: readonly StreamName[]): StreamName[] {
  return shared.flatMap(({ label, key }) =>
    key === undefined ? known.filter((stream) => stream.label === label) : [{ label, key }],
  )
}

/**
 * HTML that embeds streams in a page; see docs/embed.md.
 * @param server its address: "https://cameras.example" @param token of the link
 */
export function embedSnippet(server: string, streams: readonly StreamName[], token: string): string {
  return [
    `<script type="module" src="${escaped(server)}/static/js/belvedere-stream.js"></script>`,
    ...streams.map(
      ({ label, key }) =>
        `<belvedere-stream label="${escaped(label)}" camera="${escaped(key)}" token="${escaped(token)}"></belvedere-stream>`,
    ),
  ].join('\n')
}

/** Escapes a text for an attribute in double quotes. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
