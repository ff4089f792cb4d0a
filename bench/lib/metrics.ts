import type { MeasuredServer } from './servers.ts'

/** A snapshot of a server's `/metrics`. */
export class Counts {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** @param token of somebody who may see them, if visitors may not */
  static async of({ port }: Pick<MeasuredServer, 'port'>, token?: string): Promise<Counts> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers })
    if (!response.ok) throw new Error(`/metrics answered ${response.status}`)
    return new Counts(await response.text())
  }

  /** The lines of a metric. */
  all(name: string): string[] {
    return this.#text.split('\n').filter((line) => line.startsWith(`${name}{`))
  }

  /** The sum of all samples of this metric whose labels include a text such as `dialect="live"`. */
  sum(name: string, label = ''): number {
    let total = 0
    for (const line of this.#text.split('\n')) {
      const [, labels = '', value] = /^[a-z_]+(\{.*\})? (\S+)$/.exec(line) ?? []
      if (value === undefined || !/^[{ ]/.test(line.slice(name.length)) || !line.startsWith(name)) continue
      if (labels.includes(label)) total += Number(value)
    }
    return total
  }
}
