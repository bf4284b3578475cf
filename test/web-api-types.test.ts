import { expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type * as schemas from '../src/server/api/schemas.js'
import type { LiveEvent as ServerEvent } from '../src/server/live/live-event.js'
import { signInNamePattern } from '../src/server/people/accounts.js'
import { SIGN_IN_NAME_PATTERN } from '../web/library/sign-in-name.js'
import type * as web from '../web/shared/api-types.js'

/*
 * The pages describe what the API gives in their own words, without knowing the server. The compiler sees to it that it is the same.
 */

type Given<Schema extends z.ZodType> = z.infer<Schema>

test('what the API gives is what the pages take it for', () => {
  expectTypeOf<Given<typeof schemas.sessionSchema>>().toExtend<web.Session>()
  expectTypeOf<Given<typeof schemas.itemSchema>>().toExtend<Loose<web.Item>>()
  expectTypeOf<Given<typeof schemas.folderSchema>>().toExtend<Loose<web.Folder>>()
  expectTypeOf<Omit<Given<typeof schemas.versionSchema>, 'origin'>>().toExtend<Omit<web.Version, 'origin'>>()
  expectTypeOf<Given<typeof schemas.rescuedSchema>>().toExtend<web.Rescued>()
  expectTypeOf<Given<typeof schemas.binnedSchema>>().toExtend<web.BinItem>()
  expectTypeOf<Given<typeof schemas.heldLockSchema>>().toExtend<web.LockedFile>()
  expectTypeOf<Given<typeof schemas.accountSchema>>().toExtend<web.Account>()
  expectTypeOf<Given<typeof schemas.accessSchema>>().toExtend<web.Access>()
  expectTypeOf<Given<typeof schemas.adminSchema>>().toExtend<web.AdminFacts>()
  expectTypeOf<ServerEvent['type']>().toEqualTypeOf<web.LiveEvent['type']>()
})

test('a name that a page takes for signing in is one that the server takes', () => {
  // As browsers read a pattern.
  const asked = new RegExp(`^(?:${SIGN_IN_NAME_PATTERN})$`, 'v')
  for (const name of [
    'ann',
    '林小雨',
    'Zoë',
    'a.b-c_d@e+f',
    'Ann Lee',
    '',
    'a/b',
    'x'.repeat(64),
    'x'.repeat(65),
  ])
    expect([name, asked.test(name)]).toEqual([name, signInNamePattern.test(name)])
})

/** Zod says `undefined` where a property may be left out; JSON knows no such value. */
type Loose<Type> = {
  [Key in keyof Type]: undefined extends Type[Key] ? Type[Key] | undefined : Type[Key]
}
