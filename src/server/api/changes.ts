import type { Author, Item, TreeRefusal, TreeResult } from '../../drivers/folder/index.js'
import { nameProblem } from '../../protocol/file-name.js'
import type { VisitingPerson } from '../visitors.js'
import { ApiError } from './api-error.js'
import { lockView } from './item-view.js'
import type { Reach, Reached } from './reach.js'

/** Who does it, for the record. */
export function authorOf({ id, name }: VisitingPerson): Author {
  return { userId: id, userName: name }
}

/**
 * The item a change has led to.
 *
 * @param name what was to be changed, or to get a name, for the sentence that says what stood in the way.
 * @throws ApiError for what stood in the way.
 */
export function changedItem(result: TreeResult, name: string): Item {
  if (result.done) return result.item
  throw refusal(result, name.slice(name.lastIndexOf('/') + 1))
}

function refusal(refused: TreeRefusal, name: string): ApiError {
  switch (refused.because) {
    case 'not-found':
      return new ApiError('not-found')
    case 'bad-name':
      return new ApiError('invalid-name', { name, problem: refused.problem })
    case 'name-taken':
      return new ApiError('name-taken', { name })
    case 'into-itself':
      return new ApiError('into-itself')
    case 'locked': {
      const { locks, rescuedId } = refused
      const [lock] = locks
      if (!lock) return new ApiError('changed')
      return new ApiError('locked', {
        lock: lockView(lock),
        ...(rescuedId === undefined ? {} : { rescuedId }),
      })
    }
  }
}

/** @throws ApiError `invalid-name` when a name cannot be used. */
export function requireName(name: string): void {
  const problem = nameProblem(name)
  if (problem !== null) throw new ApiError('invalid-name', { name, problem })
}

/**
 * Taking an item away from where it is, or giving it another name, changes the folder, too: the guest of one document does neither.
 * @throws ApiError `forbidden`
 */
export function requireFolderChange(reach: Reach, { chain }: Reached): void {
  if (!reach.mayChangeFolderOf(chain)) throw new ApiError('forbidden')
}
