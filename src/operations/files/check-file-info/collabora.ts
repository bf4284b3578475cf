import type { Call } from '../../operation.js'
import type { InfoProperties } from './every-client.js'

/** What Collabora Online reads beyond the common properties. */
export function forCollabora({ permission }: Call): InfoProperties {
  // Its nearest to reviewing: tracked changes may be accepted and rejected, nothing else.
  return { UserCanOnlyManageRedlines: permission === 'review' || undefined }
}
