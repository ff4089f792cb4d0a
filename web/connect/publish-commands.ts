/** What the commands of the connect page are made of. */
export interface PublishTarget {
  /** Of the server, as this browser sees it: "http://localhost:8000". */
  readonly origin: string
  /** The publish key, or what stands in its place. */
  readonly key: string
}

/** Publishes one picture; pasted into a shell it works as it is. */
export function curlCommand({ origin, key }: PublishTarget): string {
  return [
    `curl -H ${shellWord(`Authorization: Bearer ${key}`)} \\`,
    `     -F label=site -F key=camera -F file=@photo.jpg \\`,
    `     ${shellWord(`${origin}/frames`)}`,
  ].join('\n')
}

/** Publishes what the first camera sees, ten times a second, until it is stopped. */
export function pythonProgram({ origin, key }: PublishTarget): string {
  return [
    'import time, cv2, requests',
    'camera, server = cv2.VideoCapture(0), requests.Session()',
    `server.headers["Authorization"] = ${pythonText(`Bearer ${key}`)}`,
    'stream = {"label": "site", "key": "python"}',
    'while (shot := camera.read())[0]:',
    '    picture = {"file": cv2.imencode(".jpg", shot[1])[1].tobytes()}',
    `    server.post(${pythonText(`${origin}/frames`)}, data=stream, files=picture).raise_for_status()`,
    '    time.sleep(0.1)',
  ].join('\n')
}

/** Plays a folder of pictures, from the folder that Belvedere is in. */
export function folderCommand({ origin, key }: PublishTarget): string {
  return [
    'npx belvedere publish path/to/pictures \\',
    '    --label site --key folder --fps 10 --loop \\',
    `    --url ${shellWord(origin)} --token=${shellWord(key)}`,
  ].join('\n')
}

/**
 * A text as one word of a shell's command. In double quotes where that is safe, since the shells of Windows do not know
 * single ones.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (/^[\w@%+=:,./ -]+$/.test(text)) return `"${text}"`
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A text as Python writes it; what JSON escapes, Python reads. */
export function pythonText(text: string): string {
  return JSON.stringify(text)
}
