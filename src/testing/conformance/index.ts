export type { Bench, CallOptions, RemoteFile } from './bench.js'
export { type Check, Failure, type Level, NotApplicable, type Target } from './check.js'
export { checks } from './checks.js'
export { type Outcome, type Report, type Result, type RunOptions, runConformance } from './run.js'
