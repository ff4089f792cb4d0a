import { type ParseArgsOptionDescriptor, parseArgs } from 'node:util'

/** What an option takes: a value, a value or nothing (true or false, of which nothing is true), or nothing. */
export type OptionKind = 'value' | 'optional' | 'switch'

/** An argument, by what it is. */
export type Argument =
  /** What is no option, or stands behind `--`. */
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'option'
      /** With underscores, "streams.ring_frames"; for a letter what it is short for. */
      readonly name: string
      /** As it was typed: "--streams.ring-frames", "-P". */
      readonly typed: string
      /** Undefined if none came. */
      readonly value: string | undefined
      /** Whether the value stands behind a "=", not as an argument of its own. */
      readonly isInline: boolean
    }
  /** An option that there is not. A word behind it is taken for its value, and left out. */
  | { readonly kind: 'unknown'; readonly name: string; readonly typed: string }

/** Letters that stand for options. */
const LETTERS: Readonly<Record<string, string>> = { P: 'port', H: 'host' }

/**
 * Takes a command line apart: `--a.b_c VALUE`, `--a.b_c=VALUE`, both also with hyphens for underscores, `-P VALUE`,
 * `-P=VALUE`, words, and `--`, behind which all are words. Nothing is refused: what is wrong is for the caller to say.
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
    // parseArgs takes "-port" for four options of one letter, and "-P80" for one and its value. Here they are neither.
    const isCluster = /^-[^-][^=]/.test(argument)
    while (isCluster && tokens[at + 1]?.index === token.index) at++
    const typed = isCluster ? argument.replace(/=.*/s, '') : token.rawName
    const name = (isCluster ? typed : token.name).replace(/^-/, '').replaceAll('-', '_')
    const kind = isCluster ? undefined : kindOf(name)
    // Of an unknown letter with a value it makes an option of each letter of that.
    while (kind === undefined && tokens[at + 1]?.index === token.index) at++
    // Of "-P=80" it takes the sign for a part of the value.
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

/** `parseArgs` knows options by their exact names: each that there is, in the spelling in which it was typed. */
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
