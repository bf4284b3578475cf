import { api } from '../shared/api.js'
import type { Version } from '../shared/api-types.js'
import { authorsOf, fullTimeText, listText } from '../shared/format.js'
import { Icon } from '../shared/icons.js'
import { apiAddress, pages } from '../shared/place.js'
import { useResource } from '../shared/resource.js'
import { restoreVersion } from '../shared/restore-version.js'
import { words } from '../shared/words/words.js'

/** Above an old version: whose it is and from when, the way to the document as it is now, and what can be done with it. */
export function VersionBar({ fileId, version }: { fileId: string; version: string }) {
  const { value } = useResource(version, () => api<Version>(`/files/${fileId}/versions/${version}`))
  const names = value ? listText(authorsOf(value)) : ''
  return (
    <section class="frame-banners" aria-label={words.versions.shownVersion}>
      <div class="banner info">
        <Icon name="history" />
        <p>{value ? words.versions.shown(fullTimeText(value.at), names) : words.versions.shownVersion}</p>
        <a class="button" href={pages.document(fileId)}>
          {words.versions.toCurrent}
        </a>
        <a class="button" href={apiAddress(`/files/${fileId}/versions/${version}/content`)} download>
          {words.actions.download}
        </a>
        {value && !value.current && (
          <button
            type="button"
            class="button"
            onClick={async () => {
              if (await restoreVersion(fileId, value)) location.assign(pages.document(fileId))
            }}
          >
            {words.versions.restore}
          </button>
        )}
      </div>
    </section>
  )
}
