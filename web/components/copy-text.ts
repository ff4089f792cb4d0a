/** Puts a text on the clipboard, also where the page came over plain HTTP. @returns whether the browser let it */
export async function copyText(write: () => string): Promise<boolean> {
  try {
    const text = write()
    if (window.isSecureContext) {
      await navigator.clipboard.writeText(text)
      return true
    }
    return copyBySelection(text)
  } catch {
    return false
  }
}

/** The old way: the only one that browsers allow without TLS. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  document.body.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return isCopied
}
