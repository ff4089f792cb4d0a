import { allowed, type Facts, GROUPS, type Group, type Setting } from './setting-metadata.ts'

/** The command that writes `docs/configuration.md`. */
export const WRITE_DOCUMENT = 'node scripts/run.mjs node src/config/document.ts > docs/configuration.md'

const WRITE_YAML = 'node scripts/start.mjs config > belvedere.yaml'
const LINE_WIDTH = 100

/** Renders `docs/configuration.md`: where settings are given, and every setting with its names, range and default. */
export function renderMarkdown(): string {
  return [INTRODUCTION, ...GROUPS.map(renderSection)].join('\n')
}

/** Renders a `belvedere.yaml` that explains every setting, each commented out with its default. */
export function renderYaml(): string {
  const lines = ['# The settings of Belvedere with their defaults. Remove the "#" in front of what you want to change.']
  for (const { name, description, settings } of GROUPS) {
    const depth = name === '' ? 0 : name.split('.').length
    const indent = '  '.repeat(depth)
    const outer = '  '.repeat(depth - 1 < 0 ? 0 : depth - 1)
    if (name !== '')
      lines.push(
        '',
        ...(description === undefined ? [] : comment(description, outer)),
        `${outer}${name.split('.').at(-1)}:`,
      )
    for (const { path, facts } of settings) {
      const text = `${facts.description} ${capital(allowed(facts))}.`
      lines.push('', ...comment(text, indent), `${indent}#${path.split('.').at(-1)}: ${example(facts)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

const INTRODUCTION = `<!-- Made from the settings that src/config/all-settings.ts lists: change them there, then run: ${WRITE_DOCUMENT} -->

# Configuration

Belvedere starts without any configuration. Settings can be given in four places. If a setting is given in several, the
first in this list wins:

1. **Flags**: \`npm start -- --port 8080 --log.level debug\`. Every setting below is a flag with \`--\` in front; hyphens
   may replace underscores (\`--streams.ring-frames 20\`). Short forms: \`-P\` for \`--port\`, \`-H\` for \`--host\`,
   \`-S\` for \`--source_port\`, \`-O\` for \`--source_host\`.
2. **Environment variables**: \`BELVEDERE_PORT=8080\`. The name is the setting's in capitals, with underscores for dots.
3. **\`.env\`** in the checkout: the same variables, one per line. Variables of other programs in it are ignored.
4. **\`belvedere.yaml\`** in the checkout, or the file named by \`--config FILE\` or \`BELVEDERE_CONFIG\`. This command writes
   one with every setting explained and commented out: \`${WRITE_YAML}\`

In flags and variables, write a list with commas (\`door,garden\`) or as JSON (\`["door","garden"]\`), a table as JSON. In YAML, texts that
begin with \`*\` need quotes.

A setting with an alias can also be given under that name, which it had before. If both are given in one place, its own
name wins.

If a setting is wrong or unknown, the server does not start; it names the setting, where it was given and what is allowed.
Every variable that begins with \`BELVEDERE_\` must be a setting, except \`BELVEDERE_CONFIG\`, \`BELVEDERE_URL\`, \`BELVEDERE_TOKEN\` and those that
begin with \`BELVEDERE_TEST_\`. Kubernetes adds such variables for a service named "belvedere": rename the service, or set
\`enableServiceLinks: false\` for the pod.
`

function renderSection({ name, description, settings }: Group): string {
  const head = name === '' ? '## General\n' : `## \`${name}\`\n\n${description}\n`
  return `${head}\n${settings.map(renderSetting).join('\n')}`
}

function renderSetting({ path, variable, alias, facts }: Setting): string {
  const names = [variable, ...(alias === undefined ? [] : [alias.variable])]
  const { default: value, type } = facts
  const shown =
    value === undefined ? 'not set' : `\`${type === 'array' || type === 'object' ? JSON.stringify(value) : value}\``
  const list = [
    `- Default: ${shown}`,
    `- Allowed: ${plain(allowed(facts))}`,
    `- Environment: ${names.map((name) => `\`${name}\``).join(' or ')}`,
    ...(alias?.path === undefined ? [] : [`- Alias: \`${alias.path}\``]),
  ]
  return `### \`${path}\`\n\n${plain(facts.description ?? '')}\n\n${list.join('\n')}\n`
}

/** Escapes Markdown emphasis. */
function plain(text: string): string {
  return text.replaceAll('*', '\\*')
}

function example({ default: value }: Facts): string {
  if (value === undefined) return '""'
  // JSON is valid YAML, and quotes what must be quoted.
  return typeof value === 'string' && /^[\w.]+$/.test(value) ? value : JSON.stringify(value)
}

function comment(text: string, indent: string): string[] {
  const lines: string[] = []
  let line = `${indent}#`
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line)
      line = `${indent}#`
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

if (import.meta.main) process.stdout.write(renderMarkdown())
