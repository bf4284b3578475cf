const paths = {
  document: 'M6 2.5h8l4 4v15H6zM14 2.5v4h4M9 12h6M9 15.5h6',
  more: 'M5.5 11v2M6.5 11v2M11.5 11v2M12.5 11v2M17.5 11v2M18.5 11v2',
  close: 'M6 6l12 12M18 6L6 18',
  info: 'M12 11v5M12 8h.01M12 3a9 9 0 100 18 9 9 0 000-18z',
  warning: 'M12 9v4M12 16.5h.01M12 3.5l9.5 16.5h-19z',
} as const

/** Drawn beside a text or inside a labelled button: says nothing by itself. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
