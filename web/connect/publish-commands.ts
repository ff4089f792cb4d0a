/** The parameters of the commands on the connect page. */
export interface PublishTarget {
  /** The server's address, as this browser sees it: "http://localhost:8000". */
  readonly server: string
  /** The publish key, or a placeholder. */
  readonly key: string
}

/** A curl command that publishes one picture, ready to paste into a shell. */
export function curlCommand({ server, key }: PublishTarget): string {
  return [
    `curl -H ${shellWord(`Authorization: Bearer ${key}`)} \\`,
    `     -F label=site -F key=camera -F file=@photo.jpg \\`,
    `     ${shellWord(`${server}/frames`)}`,
  ].join('\n')
}

/** A Python program that publishes the first camera's pictures, ten per second, until it is stopped. */
export function pythonProgram({ server, key }: PublishTarget): string {
  return [
    'import time, cv2, requests',
    'camera, server = cv2.VideoCapture(0), requests.Session()',
    `server.headers["Authorization"] = ${pythonText(`Bearer ${key}`)}`,
    'stream = {"label": "site", "key": "python"}',
    'while (shot := camera.read())[0]:',
    '    picture = {"file": cv2.imencode(".jpg", shot[1])[1].tobytes()}',
    `    server.post(${pythonText(`${server}/frames`)}, data=stream, files=picture).raise_for_status()`,
    '    time.sleep(0.1)',
  ].join('\n')
}

/** A command that publishes a folder of pictures; to be run in Belvedere's checkout. */
export function folderCommand({ server, key }: PublishTarget): string {
  return [
    'npx belvedere publish path/to/pictures \\',
    '    --label site --key folder --fps 10 --loop \\',
    `    --url ${shellWord(server)} --token=${shellWord(key)}`,
  ].join('\n')
}

/**
 * Quotes a text as one shell argument: in double quotes where that is safe, since Windows shells have no single quotes.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (/^[\w@%+=:,./ -]+$/.test(text)) return `"${text}"`
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A Python string literal; Python understands JSON's escapes. */
export function pythonText(text: string): string {
  return JSON.stringify(text)
}
