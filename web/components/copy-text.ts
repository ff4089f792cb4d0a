/** Copies a text to the clipboard, also over plain HTTP. @returns whether the browser allowed it */
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

/** `document.execCommand('copy')`: the only way in an insecure context. */
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
