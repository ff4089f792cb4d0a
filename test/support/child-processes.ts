import { readdirSync, readFileSync } from 'node:fs'

/** A process that another one has started. */
export interface ChildProgram {
  readonly id: number
  /** Its command line, the arguments apart by spaces. */
  readonly command: string
}

/** The processes that one has started, itself or by another, and that run, from /proc. */
export function childrenOf(id: number): ChildProgram[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const each = Number(name)
    const [, state, parent] = /^\d+ \(.*\) (\w) (\d+)/s.exec(read(each, 'stat')) ?? []
    if (state !== undefined && state !== 'Z') parents.set(each, Number(parent))
  }
  const isBelow = (each: number): boolean => {
    const parent = parents.get(each)
    return parent !== undefined && (parent === id || isBelow(parent))
  }
  return [...parents.keys()]
    .filter(isBelow)
    .map((each) => ({ id: each, command: read(each, 'cmdline').split('\0').join(' ') }))
}

/** Those of them that are FFmpeg. */
export function ffmpegsOf(id: number): ChildProgram[] {
  return childrenOf(id).filter(({ command }) => /\bffmpeg\b.* -f nut\b/.test(command))
}

function read(id: number, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
