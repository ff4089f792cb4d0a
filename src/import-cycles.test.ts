import { globSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const FILES = '{src,client,demo,web}/**/*.{ts,tsx}'

/** The imports of each file within the repository, by path. */
type ImportGraph = ReadonlyMap<string, readonly string[]>

describe('imports', () => {
  it('make no circle, types and workers counted', () => {
    const graph = readGraph()
    expect(graph.size).toBeGreaterThan(400)
    expect(cyclesIn(graph)).toEqual([])
  })
})

describe('the look for circles', () => {
  it('knows every way to import a file', () => {
    const text = [
      "import { a } from './a.ts'",
      "import type { B } from '../web/b.ts'",
      "export * from './c.ts'",
      "import './d.ts'",
      "const e = await import('./e.tsx')",
      "new Worker(new URL('./f.ts', import.meta.url))",
      "type G = import('./g.ts').G",
      "import fs from 'node:fs'",
    ].join('\n')
    const names = ['src/a.ts', 'web/b.ts', 'src/c.ts', 'src/d.ts', 'src/e.tsx', 'src/f.ts', 'src/g.ts']
    expect(importsIn('src/x.ts', text)).toEqual(names)
  })

  it('tells each circle once, by the shortest way around it', () => {
    const graph = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', ['a', 'e']],
      ['e', ['e']],
    ])
    expect(cyclesIn(graph)).toEqual(['a → d → a', 'b → c → a → b', 'e → e'])
  })
})

function readGraph(): ImportGraph {
  const files = globSync(FILES, { cwd: ROOT }).map((path) => path.replaceAll('\\', '/'))
  return new Map(files.sort().map((path) => [path, importsIn(path, readFileSync(join(ROOT, path), 'utf8'))]))
}

/** The files that a file imports, as paths from the root. */
function importsIn(path: string, text: string): string[] {
  return [...text.matchAll(IMPORT)].map(({ groups }) => posix.join(dirname(path), groups?.from ?? ''))
}

/** All forms of import: `from '…'`, `import '…'`, `import('…')`, and the URL of a worker. */
const IMPORT = /(?:\bfrom|\bimport|\bnew URL)\s*\(?\s*'(?<from>\.{1,2}\/[^'\n]+)'/g

/** All import cycles, "a → b → a", each reported once. */
function cyclesIn(graph: ImportGraph): string[] {
  const seen = new Set<string>()
  return [...graph.keys()].flatMap((file) => {
    const way = wayBack(graph, file)
    const circle = way.toSorted().join()
    if (way.length === 0 || seen.has(circle)) return []
    seen.add(circle)
    return [[...way, file].join(' → ')]
  })
}

/**
 * The shortest import cycle through a file, beginning with it (breadth-first search); empty if there is none.
 */
function wayBack(graph: ImportGraph, file: string): string[] {
  const cameFrom = new Map<string, string>()
  const next = [file]
  for (const from of next)
    for (const to of graph.get(from) ?? []) {
      if (to === file) return wayTo(cameFrom, from)
      if (cameFrom.has(to)) continue
      cameFrom.set(to, from)
      next.push(to)
    }
  return []
}

function wayTo(cameFrom: ReadonlyMap<string, string>, file: string): string[] {
  const before = cameFrom.get(file)
  return before === undefined ? [file] : [...wayTo(cameFrom, before), file]
}
