import type { SessionState } from './session-state.js'
import type { Words } from './words.js'

export type CommandName = keyof Words['commands']

/** One message above the text, with what the person can do about it. */
export interface Banner {
  readonly tone: 'info' | 'warning' | 'error'
  readonly sentences: readonly string[]
  /** The host's own words, in whatever language it speaks. */
  readonly hostWords: string
  readonly commands: readonly CommandName[]
}

export interface Circumstances {
  readonly mode: 'edit' | 'view'
  /** Why the bytes can only be looked at. */
  readonly textProblem: 'other-encoding' | 'not-text' | null
  /** Whether the way from reading to editing is offered here. */
  readonly offersToEdit: boolean
}

/** What has to be said about the state of the session, if anything: the most pressing thing only. */
export function bannerFor(state: SessionState, circumstances: Circumstances, words: Words): Banner | null {
  const { phase, access, problem, unsaved, document } = state
  if (phase === 'closed') return null
  if (phase === 'failed' || phase === 'opening') return problem && cannotOpen(state, words)

  const copy: readonly CommandName[] = document?.canSaveCopy ? ['saveCopy'] : []
  if (problem?.code === 'changed') {
    return banner('warning', [words.changed], ['overwrite', 'loadTheirs', ...copy])
  }
  if (access === 'waiting') return banner('info', [words.waiting], [])
  if (access === 'locked') {
    const trouble = problem ? [problemText(problem.code, words)] : []
    return unsaved
      ? banner(
          'error',
          [words.lockedWithUnsaved, ...trouble],
          ['tryAgain', ...copy, 'copyText'],
          state.lockReason,
        )
      : banner('warning', [words.locked, ...trouble], ['tryAgain'], state.lockReason)
  }
  if (problem) {
    const sentences = [problemText(problem.code, words)]
    if (problem.retrying) sentences.push(words.retrying)
    if (!unsaved)
      return banner('warning', sentences, problem.code === 'expired' ? [] : ['tryAgain'], problem.reason)
    // What is tried again by itself needs no way out yet; what is not, needs every one there is.
    if (problem.retrying)
      return banner('error', [...sentences, words.stillHere], ['tryAgain'], problem.reason)
    const again: readonly CommandName[] = problem.code === 'expired' ? [] : ['tryAgain', ...copy]
    return banner(
      'error',
      [...sentences, words.stillHere],
      [...again, 'copyText', 'download'],
      problem.reason,
    )
  }
  if (circumstances.textProblem === 'not-text') return banner('info', [words.notText], [])
  if (circumstances.textProblem === 'other-encoding') return banner('info', [words.otherEncoding], [])
  if (access !== 'view' || !document) return null
  if (circumstances.mode === 'edit') return banner('info', [words.mayNotWrite], [])
  const mayEdit =
    circumstances.offersToEdit && document.canWrite && (document.edit.message || document.edit.url !== '')
  return mayEdit ? banner('info', [words.viewOnly], ['edit']) : null
}

function cannotOpen({ problem, phase }: SessionState, words: Words): Banner | null {
  if (!problem) return null
  const text = problem.code === 'too-large' ? words.tooLargeToOpen : problemText(problem.code, words)
  const sentences = [words.cannotOpen, text, ...(phase === 'opening' ? [words.retrying] : [])]
  const final = problem.code === 'too-large' || problem.code === 'expired'
  return banner('error', sentences, final ? [] : ['tryAgain'], problem.reason)
}

function problemText(
  code: NonNullable<SessionState['problem']>['code'],
  { problems, changed, locked }: Words,
): string {
  if (code === 'changed') return changed
  if (code === 'locked' || code === 'unlocked') return locked
  return problems[code]
}

function banner(
  tone: Banner['tone'],
  sentences: readonly string[],
  commands: readonly CommandName[],
  hostWords = '',
): Banner {
  return { tone, sentences, hostWords, commands }
}
