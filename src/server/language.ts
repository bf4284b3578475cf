/** The languages of the pages. */
export const languages = ['en', 'zh-CN'] as const

export type Language = (typeof languages)[number]

/** The language somebody has chosen, or else the one their browser prefers among ours. */
export function languageFrom(chosen: string | undefined, accepted: string | null): Language {
  return languages.find((language) => language === chosen) ?? preferred(accepted ?? '')
}

function preferred(accepted: string): Language {
  const wanted = accepted
    .split(',')
    .map((part) => {
      const [tag = '', quality] = part.trim().split(/;\s*q=/)
      return { tag: tag.toLowerCase(), weight: quality === undefined ? 1 : Number(quality) || 0 }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { tag } of wanted) {
    if (tag.startsWith('zh')) return 'zh-CN'
    if (tag.startsWith('en')) return 'en'
  }
  return 'en'
}
