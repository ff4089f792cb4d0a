/** The SVG paths of the icons: 24 × 24, strokes of 1.75, all in one weight. */
const PATHS = {
  arrowLeft: 'M19 12H5m6-6-6 6 6 6',
  camera: 'M15 10.5 21 7v10l-6-3.5zM5 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z',
  cctv: 'M4.2 8.6 16.4 4l2.9 7.6-12.2 4.6zM18 8.1l2.2-.8 1.1 2.8-2.2.8M10.5 15v4H4M4 15.5v6',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  chevronDown: 'm6 9.5 6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  dots: 'M5 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM19 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2z',
  globe: 'M3 12h18M12 3c3 3 4 6 4 9s-1 6-4 9c-3-3-4-6-4-9s1-6 4-9zM12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5z',
  dot: 'M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  plus: 'M12 5v14M5 12h14',
  power: 'M12 3.5v8M7.2 6.6a7.5 7.5 0 1 0 9.6 0',
  search: 'm20 20-4.5-4.5M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z',
  shapes: 'M4 13h7v7H4zM16.5 12.5 20 20h-7zM12 4a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  warning: 'M12 9v4.5m0 3.2v.1M10.3 4.2 2.6 17.5A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0z',
  chevronLeft: 'm14.5 6-6 6 6 6',
  chevronRight: 'm9.5 6 6 6-6 6',
  copy: 'M9 9h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-9a1 1 0 0 1 1-1zM5 15H4V5a2 2 0 0 1 2-2h9v1',
  download: 'M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14',
  expand: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  keyboard:
    'M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM7 10h.01M11 10h.01M15 10h.01M18 10h.01M8 14.5h8',
  panel:
    'M5 4.5h14a1.5 1.5 0 0 1 1.5 1.5v12a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 18V6A1.5 1.5 0 0 1 5 4.5zM14.5 4.5v15',
  pause: 'M9 5.5v13M15 5.5v13',
  play: 'M7.5 5 19 12 7.5 19z',
  shrink: 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5',
  stepBack: 'M18 5.5 8.5 12l9.5 6.5zM5.5 5.5v13',
  stepForward: 'M6 5.5 15.5 12 6 18.5zM18.5 5.5v13',
  stop: 'M7 5h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z',
  away: 'M9 6H6a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-3M13 4h7v7M20 4l-9 9',
  users:
    'M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.4-3.2 3-5 6.5-5s6.1 1.8 6.5 5M16 5a3.2 3.2 0 0 1 0 6.2M17.5 14.9c2.2.6 3.6 2.2 4 4.6',
  key: 'M8 11a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM11.2 12.3 20 3.5M16.5 7l3 3',
  share:
    'M17.5 3.5a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5zM6.5 9.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5zM17.5 15a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5zM9 10.7l6-3.1M9 13.3l6 3.1',
  history: 'M3.5 4.5v5h5M3.9 9.5A8.5 8.5 0 1 1 3.5 13M12 8v4.5l3 2',
  edit: 'M4 20l1-4.5L16 4.5a2 2 0 0 1 2.8 0l.7.7a2 2 0 0 1 0 2.8L8.5 19zM14 6.5l3.5 3.5',
  trash:
    'M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12a1.5 1.5 0 0 0 1.5 1.4h6.4a1.5 1.5 0 0 0 1.5-1.4L17.5 7M10.3 11v5.5M13.7 11v5.5',
  pulse: 'M2.5 12H7l2.5-7 5 14 2.5-7h4.5',
  refresh: 'M19.5 4.5v5h-5M19.1 9.5A8 8 0 1 0 20 13',
  star: 'm12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.6-3.4 3.5-5.5 7.5-5.5s6.9 2.1 7.5 5.5',
  signIn: 'M14 4.5h3.5a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H14M4 12h10.5m-4-4 4 4-4 4',
  signOut: 'M10 4.5H6.5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2H10M9.5 12H20m-4-4 4 4-4 4',
} as const

/** The name of an icon. */
export type IconName = keyof typeof PATHS

/**
 * A decorative icon in the current text colour. Its meaning must be given by the surrounding element.
 * @param props.size CSS pixels
 */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
