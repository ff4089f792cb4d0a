import type { MeasuredServer } from './servers.ts'

/** A snapshot of a server's `/metrics`. */
export class Counts {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  static async of(server: MeasuredServer): Promise<Counts> {
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics`)
    if (!response.ok) throw new Error(`/metrics answered ${response.status}`)
    return new Counts(await response.text())
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
