/*
 * Loaded into a process before anything else (`node --import`), so that its clock can be set ahead: at start by CLOCK_AHEAD_MS, later by a
 * message. Time goes on at its usual speed in between.
 */
const realNow = Date.now
let ahead = Number(process.env.CLOCK_AHEAD_MS ?? 0)
Date.now = () => realNow() + ahead

process.on('message', (message) => {
  ahead = message.aheadMs
  process.send?.('moved')
})
// The channel alone must not keep the process from ending.
process.channel?.unref()
