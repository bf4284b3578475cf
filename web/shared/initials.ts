/** The first letter of the first and of the last name, or the last two characters of a Chinese one. */
export function initials(name: string): string {
  const trimmed = name.trim()
  if (/^\p{Script=Han}+$/u.test(trimmed)) return [...trimmed].slice(-2).join('')
  const parts = trimmed.split(/\s+/)
  const first = [...(parts[0] ?? '')][0] ?? ''
  const last = parts.length > 1 ? ([...(parts.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toLocaleUpperCase()
}
