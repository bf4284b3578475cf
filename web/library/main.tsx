import './library.css'
import { render } from 'preact'
import { loadSession } from '../shared/api.js'
import { applyTheme } from '../shared/appearance.js'
import { loadWords, pageLanguage } from '../shared/words/words.js'
import { App } from './app.js'
import { followLinks } from './routes.js'
import { followList } from './selected.js'

applyTheme()
await loadWords(pageLanguage())
const place = document.getElementById('app') ?? document.body
followLinks()
followList()
await loadSession().catch(() => {
  // The app says that the server cannot be reached, and tries again.
})
render(<App />, place)
