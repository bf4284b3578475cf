export { startHostPage } from './host/host-page-script.js'
export {
  connectEditor,
  type EditorConnection,
  type EditorConnectionOptions,
  type EditorHandlers,
} from './protocol/editor-connection.js'
export {
  type EditorMessage,
  type EditorView,
  type HostMessage,
  hostMessage,
  type LoadingStatus,
  nameAfterRename,
  type OtherEditorMessage,
  type OtherHostMessage,
  parseEditorMessage,
  type SaveRequest,
  type SaveResponse,
} from './protocol/post-message.js'
