/** The logo: a lit window. */
export function Logo() {
  return (
    <svg width={24} height={24} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M4 28V14a12 12 0 0 1 24 0v14z" fill="currentColor" opacity="0.92" />
      <path d="M9 28V15a7 7 0 0 1 14 0v13z" fill="var(--mantine-color-accent-5)" />
      <circle cx="16" cy="16" r="3.2" fill="var(--bv-stage)" />
    </svg>
  )
}
