import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Tooltip,
} from '@mantine/core'
import { STAGE_COLOUR } from '../src/core/stage-colour.ts'

/*
 * The design system in one place. The pictures come first: the UI around them is quiet, flat and thin, with one accent
 * colour and tabular figures, so that nothing moves when a number changes. Style sheets use the CSS variables below
 * (`--bv-…`) and Mantine's, never literal colours; an operator's custom CSS may override the same variables.
 *
 * Type     Inter, then the system's; 12 small, 14 text, 16 fields and touch, 20 and 28 titles. Weight 400, 500, 600.
 * Space    4, 8, 12, 16, 24, 40: a gap within a control, between controls, of a panel, of a page.
 * Colour   Backgrounds are blue-grey, near black in the dark scheme. The accent, teal, marks what can be pressed and
 *          what is live. Amber is for warnings and red for errors, and for nothing else.
 * Motion   120 ms for feedback to input, 240 ms for elements that appear or disappear; none with reduced motion.
 */

/** The accent, light to dark. 7 carries white text (5.5 : 1), 4 dark text. */
const accent: MantineColorsTuple = [
  '#e6fbf7',
  '#cdf3ec',
  '#9ee7da',
  '#6bd9c7',
  '#3fcbb6',
  '#22b8a2',
  '#159a88',
  '#0d766a',
  '#0a5f56',
  '#064a44',
]

/** Mantine's greys of the dark scheme: 0 is text, 7 the background. */
const dark: MantineColorsTuple = [
  '#e7ecef',
  '#c3ccd2',
  '#94a1aa',
  '#6b7881',
  '#3a454d',
  '#29323a',
  '#1b2329',
  '#11171b',
  '#0b1013',
  '#06090b',
]

/** Mantine's greys of the light scheme. 6 is dimmed text (contrast 5 : 1 to the background). */
const gray: MantineColorsTuple = [
  '#f6f8f9',
  '#edf1f3',
  '#e1e7ea',
  '#d0d8dd',
  '#b3bfc6',
  '#8b99a2',
  '#5b6972',
  '#46525a',
  '#2b353b',
  '#161d21',
]

/** The height of the top bar, CSS pixels. */
export const BAR_HEIGHT = 48

/** The Mantine theme. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.34,
  // Mantine picks the text colour of filled components for the light scheme only; the dark scheme's accent needs dark
  // text.
  variantColorResolver: (input) => {
    const isAccent = input.color === undefined || input.color === 'accent'
    const colors = defaultVariantColorsResolver(input)
    return input.variant === 'filled' && isAccent
      ? { ...colors, color: 'var(--mantine-primary-color-contrast)' }
      : colors
  },
  colors: { accent, dark, gray },
  black: '#11181c',
  fontFamily:
    '"Inter Variable", system-ui, -apple-system, "Segoe UI", "PingFang TC", "Noto Sans TC", "Noto Sans CJK TC", "Microsoft JhengHei", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Noto Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '1rem', lg: '1.25rem', xl: '1.75rem' },
  spacing: { xs: '0.25rem', sm: '0.5rem', md: '0.75rem', lg: '1rem', xl: '1.5rem' },
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '20px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Also on keyboard focus: icons alone are not self-explanatory.
    Tooltip: Tooltip.extend({ defaultProps: { events: { hover: true, focus: true, touch: false } } }),
  },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.75rem', lineHeight: '1.2' }, h2: { fontSize: '1.25rem' } },
  },
})

/** Our own CSS variables, in addition to Mantine's. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    // The background of pictures is dark in both schemes: white would not improve them.
    '--bv-stage': STAGE_COLOUR,
    '--bv-on-stage': '#f2f5f7',
    '--bv-on-stage-quiet': '#b9c4cb',
    '--bv-scrim': 'rgb(5 8 10 / 72%)',
    '--bv-warning': '#ffb224',
    '--bv-on-warning': '#241800',
    '--bv-quick': '120ms',
    '--bv-slow': '240ms',
    '--bv-bar-height': `${BAR_HEIGHT}px`,
    '--bv-gap': '6px',
  },
  light: {
    '--bv-ground': gray[0],
    '--bv-surface': '#ffffff',
    '--bv-ink': '#11181c',
    '--bv-quiet': gray[6],
    '--bv-rim': 'rgb(17 24 28 / 12%)',
    '--bv-live': accent[7],
    '--bv-trouble': '#b3261e',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-body': gray[0],
    '--mantine-color-dimmed': gray[6],
    '--mantine-color-placeholder': gray[6],
  },
  dark: {
    '--bv-ground': dark[8],
    '--bv-surface': dark[7],
    '--bv-ink': dark[0],
    '--bv-quiet': dark[2],
    '--bv-rim': 'rgb(231 236 239 / 12%)',
    '--bv-live': accent[4],
    '--bv-trouble': '#ff8a80',
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-body': dark[8],
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-placeholder': dark[2],
  },
})
