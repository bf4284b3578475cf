import type { Call } from '../../operation.js'
import type { InfoProperties } from './every-client.js'

/** What ONLYOFFICE Docs reads beyond the common properties. */
export function forOnlyoffice({ permission, may, host }: Call): InfoProperties {
  const sendsMessages = host.pageOrigin !== null || undefined
  return {
    // Only an explicit false turns reviewing off.
    SupportsReviewing: true,
    // Deviation: a form is filled in in a session without edit right, which ONLYOFFICE would force into view mode unless one of its
    // three rights is given. Reviewing changes nothing in a form, so it is the one that is given.
    UserCanReview:
      permission === 'fill' || ((permission === 'edit' || permission === 'review') && may('save')),
    UserCanOnlyComment: permission === 'comment' && may('save'),
    EditModePostMessage: sendsMessages,
    EditNotificationPostMessage: sendsMessages,
  }
}
