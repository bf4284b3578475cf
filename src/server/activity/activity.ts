import { join } from 'node:path'
import { openDatabase } from '../../drivers/folder/database.js'
import { type Arrivals, createArrivals } from './arrivals.js'
import { activityLayout } from './layout.js'
import { createPresence, type Presence } from './presence.js'
import { createRefusals, type Refusals } from './refusals.js'

/** What goes on at this moment, in all processes of the server: who is at which document, and what was refused lately. */
export interface Activity {
  readonly presence: Presence
  readonly arrivals: Arrivals
  readonly refusals: Refusals
  close(): void
}

/** @param data the data folder. */
export function openActivity(data: string, now: () => number = Date.now): Activity {
  const database = openDatabase(join(data, 'activity.sqlite'), activityLayout, 'process-crash')
  return {
    presence: createPresence(database, now),
    arrivals: createArrivals(database, now),
    refusals: createRefusals(database, now),
    close: () => database.close(),
  }
}
