/** Reads an attribute list (RFC 8216, section 4.2): names with texts in quotes or bare values. What is no attribute is skipped. */
export function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name = '', quoted, bare = ''] of text.matchAll(ATTRIBUTE)) attributes.set(name, quoted ?? bare.trim())
  return attributes
}

// A name is looked at once, from its beginning on: a hostile one is as long as the playlist.
const ATTRIBUTE = /(?<![A-Z0-9-])([A-Z0-9-]+)=(?:"([^"\r\n]*)"|([^",]*))/g
