import { type ParseArgsOptionDescriptor, parseArgs } from 'node:util'

/** Whether an option takes a value: always, optionally (a boolean, true without one), or never. */
export type OptionKind = 'value' | 'optional' | 'switch'

/** A parsed argument. */
export type Argument =
  /** A positional argument: not an option, or after `--`. */
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'option'
      /** The long name, with underscores: "streams.ring_frames". */
      readonly name: string
      /** As typed: "--streams.ring-frames", "-P". */
      readonly typed: string
      /** Undefined if none was given. */
      readonly value: string | undefined
      /** Whether the value stands behind a "=", not as an argument of its own. */
      readonly isInline: boolean
    }
  /** An unknown option. A word after it is taken for its value and dropped. */
  | { readonly kind: 'unknown'; readonly name: string; readonly typed: string }

/** Short options and their long names. */
const LETTERS: Readonly<Record<string, string>> = {
  P: 'port',
  H: 'host',
  S: 'source_port',
  O: 'source_host',
  o: 'output_port',
  n: 'n_images',
  d: 'delay',
}

/**
 * Parses a command line: `--a.b_c VALUE`, `--a.b_c=VALUE`, both also with hyphens for underscores, `-P VALUE`,
 * `-P=VALUE`, words, and `--`, after which everything is a word. Never throws: reporting errors is up to the caller.
 * @param argv the arguments after the command
 * @param kindOf what the option of that name (with underscores) takes; undefined if there is none
 */
export function parseCommandLine(
  argv: readonly string[],
  kindOf: (name: string) => OptionKind | undefined,
): readonly Argument[] {
  const options = spellings(argv, kindOf)
  const { tokens } = parseArgs({ args: argv, options, strict: false, allowPositionals: true, tokens: true })
  const parsed: Argument[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind === 'positional') parsed.push({ kind: 'word', text: token.value })
    if (token?.kind !== 'option') continue
    const argument = argv[token.index] ?? ''
    // parseArgs reads "-port" as four short options and "-P80" as one with its value. Here both are unknown options.
    const isCluster = /^-[^-][^=]/.test(argument)
    while (isCluster && tokens[at + 1]?.index === token.index) at++
    const typed = isCluster ? argument.replace(/=.*/s, '') : token.rawName
    const name = (isCluster ? typed : token.name).replace(/^-/, '').replaceAll('-', '_')
    const kind = isCluster ? undefined : kindOf(name)
    // Of an unknown letter with a value parseArgs makes an option of each letter of the value.
    while (kind === undefined && tokens[at + 1]?.index === token.index) at++
    // In "-P=80" parseArgs leaves the "=" in the value.
    let value = token.rawName.startsWith('--') ? token.value : token.value?.replace(/^=/, '')
    const next = tokens[at + 1]
    const isInline = argument.includes('=')
    const mayTakeNext = (kind === undefined || kind === 'optional') && !isInline
    if (mayTakeNext && next?.kind === 'positional' && !next.value.startsWith('-')) {
      value = next.value
      at++
    }
    parsed.push(
      kind === undefined ? { kind: 'unknown', name, typed } : { kind: 'option', name, typed, value, isInline },
    )
  }
  return parsed
}

/** The options for `parseArgs`, which matches names exactly: every known option, in the spelling that was typed. */
function spellings(
  argv: readonly string[],
  kindOf: (name: string) => OptionKind | undefined,
): Record<string, ParseArgsOptionDescriptor> {
  const typed = argv.filter((argument) => argument.startsWith('--')).map((argument) => argument.slice(2).split('=')[0])
  const letters = new Map(Object.entries(LETTERS).map(([short, name]) => [name, { short }]))
  const names = [...new Set([...typed, ...letters.keys()])].filter((name) => name !== undefined)
  return Object.fromEntries(
    names.flatMap((name) => {
      const kind = kindOf(name.replaceAll('-', '_'))
      return kind ? [[name, { type: kind === 'value' ? 'string' : 'boolean', ...letters.get(name) } as const]] : []
    }),
  )
}
