import type { Figure } from './figure.ts'

const COLUMNS = ['what', 'yardstick', 'reach', 'measured'] as const
const HEAD = ['what', 'baseline', 'target', 'measured']

/** Formats figures as a Markdown table, marking missed targets. */
export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => COLUMNS.map((column) => cell(figure, column)))
  return [HEAD, HEAD.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** Formats figures as a text table for a terminal. */
export function textTable(figures: readonly Figure[]): string {
  return figures
    .map((figure) => {
      const mark = figure.isReached === undefined ? ' ' : figure.isReached ? '✓' : '✗'
      const goal = figure.reach === '–' ? '' : `  [${figure.reach}]`
      return `  ${mark} ${figure.what}\n      ${figure.measured}${goal}  beside ${figure.yardstick}`
    })
    .join('\n')
}

function cell(figure: Figure, column: (typeof COLUMNS)[number]): string {
  const text = figure[column].replaceAll('|', '\\|')
  return column === 'measured' && figure.isReached === false ? `${text} **(missed)**` : text
}
