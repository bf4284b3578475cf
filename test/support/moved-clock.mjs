/*
 * Loaded into a process before anything else (`node --import`). Its clock is the real one until a message says what time it is; from then on it
 * stands still between messages, so that nothing depends on how fast a test runs.
 */
const realNow = Date.now
let stands = null
Date.now = () => stands ?? realNow()

process.on('message', (message) => {
  stands = message.now
  process.send?.('moved')
})
// The channel alone must not keep the process from ending.
process.channel?.unref()
