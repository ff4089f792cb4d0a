import { randomBytes } from 'node:crypto'

/** A page in HTML, and the nonce that its response's Content-Security-Policy must name. */
export interface HtmlPage {
  readonly html: string
  readonly nonce: string
}

/**
 * The log-in page that works without JavaScript: a form that posts `username` and `password` to `/login`.
 * @param basePath what paths of ours begin with
 * @param message what is said above the form, a sentence
 */
export function logInPage(basePath: string, message = ''): HtmlPage {
  const nonce = randomBytes(16).toString('base64')
  const said = message === '' ? '' : `<p role="alert">${escaped(message)}</p>`
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Log in – Belvedere</title>
<link rel="icon" href="${basePath}/icon.svg" type="image/svg+xml">
<style nonce="${nonce}">${STYLES}</style>
</head>
<body>
<main>
<h1>Belvedere</h1>
${said}
<form method="post" action="${basePath}/login">
<label>Username <input name="username" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button>
</form>
</main>
</body>
</html>
`
  return { html, nonce }
}

const STYLES = `
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; display: grid; place-items: center; min-height: 100vh }
main { width: min(20rem, 90vw) }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
label { margin-bottom: 1rem }
input, button { padding: 0.5rem; margin-top: 0.25rem }
`

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
