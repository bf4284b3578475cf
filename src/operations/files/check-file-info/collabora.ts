import type { CheckFileInfo } from '../../../protocol/check-file-info.js'
import type { Call } from '../../operation.js'

/** What Collabora Online reads beyond the common properties. */
export function forCollabora({ permission }: Call): Partial<CheckFileInfo> {
  // Its nearest to reviewing: tracked changes may be accepted and rejected, nothing else.
  return permission === 'review' ? { UserCanOnlyManageRedlines: true } : {}
}
