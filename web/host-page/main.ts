import { startHostPage } from '../../src/host/host-page-script.js'
import './style.css'

startHostPage()
