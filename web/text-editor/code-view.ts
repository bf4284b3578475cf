import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language'
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search'
import {
  Annotation,
  Compartment,
  EditorState,
  type Extension,
  type Text,
  Transaction,
} from '@codemirror/state'
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { DocumentInfo } from '../../src/editor/editor-api.js'
import { languageOf } from './code-languages.js'
import { joinLines, type LineEnding, type Lines, splitLines, usualEnding } from './line-endings.js'
import type { TextPort } from './session-ports.js'
import { type Decoded, decodeText, encodeText } from './text-encoding.js'
import type { Words } from './words.js'

export interface CodeViewOptions {
  readonly parent: HTMLElement
  /** The document's name as far as it is known before it is open. */
  readonly name: string
  readonly words: Words
  readonly nonce: string
  /** The old encoding texts of the person's language are likely to be in. */
  readonly fallbackEncoding: string
  readonly onEdit: () => void
  readonly onMove: () => void
}

/** What the status line tells about the text. */
export interface TextFacts {
  readonly line: number
  readonly column: number
  readonly encoding: Decoded['encoding']
  readonly ending: LineEnding
  /** Why the text can only be looked at, if so. */
  readonly problem: 'other-encoding' | 'not-text' | null
}

export interface CodeView extends TextPort {
  facts(): TextFacts
  /** Replaces the text as if the person had typed it: it counts as an edit and can be undone. */
  type(content: Uint8Array): void
  text(): string
  setEditable(editable: boolean): void
  setWrapping(wraps: boolean): void
  find(): void
  focus(): void
  blur(): void
}

/** Marks changes that come from the host, not from the person. */
const fromHost = Annotation.define<boolean>()

/** CodeMirror, and the way between its text and the bytes of the file. */
export function createCodeView(options: CodeViewOptions): CodeView {
  const { words } = options
  const editable = new Compartment()
  const wrapping = new Compartment()
  const language = new Compartment()
  const label = new Compartment()
  const indentation = new Compartment()

  let file: { bytes: Uint8Array; decoded: Decoded; lines: Lines } | null = null
  /** The bytes of the text as it is, kept because saving, drafts and leaving all ask for them. */
  let written: { text: Text; bytes: Uint8Array } | null = null

  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      extensions: [
        EditorView.cspNonce.of(options.nonce),
        EditorState.phrases.of(words.phrases),
        lineNumbers(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        dropCursor(),
        rectangularSelection(),
        EditorState.allowMultipleSelections.of(true),
        EditorState.tabSize.of(4),
        indentOnInput(),
        bracketMatching(),
        highlightSelectionMatches(),
        search({ top: true }),
        typingOver,
        syntaxHighlighting(colours),
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ tabindex: '0', 'aria-describedby': 'keyboard-help' }),
        EditorView.updateListener.of((update) => {
          const edited = update.transactions.some((one) => one.docChanged && !one.annotation(fromHost))
          if (edited) options.onEdit()
          if (update.docChanged || update.selectionSet) options.onMove()
        }),
        editable.of(editableExtension(false)),
        wrapping.of(EditorView.lineWrapping),
        language.of([]),
        label.of(EditorView.contentAttributes.of({ 'aria-label': words.editorLabel(options.name) })),
        indentation.of([]),
      ],
    }),
  })

  function replace(text: string, annotations: readonly Annotation<boolean>[]) {
    const before = view.state.doc.toString()
    // Only the part that differs, so that the cursor and the place on the screen stay.
    const shorter = Math.min(before.length, text.length)
    let start = 0
    while (start < shorter && before[start] === text[start]) start++
    let end = 0
    while (end < shorter - start && before[before.length - 1 - end] === text[text.length - 1 - end]) end++
    view.dispatch({
      changes: { from: start, to: before.length - end, insert: text.slice(start, text.length - end) },
      annotations,
    })
  }

  function read(): Uint8Array {
    const { doc } = view.state
    if (!file) return new Uint8Array()
    if (!file.decoded.encoding) return file.bytes
    if (written?.text !== doc) {
      const text = joinLines(doc.toString().split('\n'), file.lines)
      written = { text: doc, bytes: encodeText(text, file.decoded.encoding) }
    }
    return written.bytes
  }

  return {
    read,
    show(bytes: Uint8Array, document: DocumentInfo) {
      const decoded = decodeText(bytes, options.fallbackEncoding)
      const isFirst = file === null
      file = { bytes, decoded, lines: splitLines(decoded.text) }
      written = null
      // The first text cannot be undone; one that replaces the person's own can.
      const annotations = isFirst
        ? [fromHost.of(true), Transaction.addToHistory.of(false)]
        : [fromHost.of(true)]
      replace(file.lines.lines.join('\n'), annotations)
      view.dispatch({
        effects: [
          label.reconfigure(
            EditorView.contentAttributes.of({ 'aria-label': words.editorLabel(document.name) }),
          ),
          indentation.reconfigure(indentUnit.of(indentationOf(file.lines))),
        ],
      })
      if (isFirst) {
        void languageOf(document.extension).then((support) => {
          if (support) view.dispatch({ effects: language.reconfigure(support) })
        })
      }
      return decoded.encoding !== null
    },
    facts() {
      const { doc, selection } = view.state
      const line = doc.lineAt(selection.main.head)
      return {
        line: line.number,
        column: selection.main.head - line.from + 1,
        encoding: file?.decoded.encoding ?? null,
        ending: file ? usualEnding(file.lines) : '\n',
        problem: file && file.decoded.encoding === null ? file.decoded.problem : null,
      }
    },
    type(bytes) {
      replace(splitLines(decodeText(bytes).text).lines.join('\n'), [])
    },
    text: () => view.state.doc.toString(),
    setEditable(can) {
      if (view.state.readOnly === can)
        view.dispatch({ effects: editable.reconfigure(editableExtension(can)) })
    },
    setWrapping(wraps) {
      view.dispatch({ effects: wrapping.reconfigure(wraps ? EditorView.lineWrapping : []) })
    },
    find: () => openSearchPanel(view),
    focus: () => view.focus(),
    blur: () => view.contentDOM.blur(),
  }
}

/**
 * Typing over a selection. Chromium would give the new text the look of what it takes the place of, by a `style` attribute, which the page's
 * policy forbids and the console reports; so the browser is only shown the result.
 */
const typingOver = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    const { selection, readOnly } = view.state
    if (inputType !== 'insertText' || data === null || selection.main.empty || readOnly) return false
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})

/** A text that cannot be changed is still reached with the keyboard, to scroll it and to copy from it. */
function editableExtension(editable: boolean): Extension {
  if (editable) return []
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ 'aria-readonly': 'true' }),
  ]
}

/** What one step of indentation is in this text, by its first indented line. */
function indentationOf({ lines }: Lines): string {
  const first = lines.find((line) => /^(\t| {2,8}\S)/.test(line)) ?? ''
  if (first.startsWith('\t')) return '\t'
  return first.startsWith('    ') ? '    ' : '  '
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--code-comment)' },
  {
    tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName)],
    color: 'var(--code-name)',
  },
  { tag: [tags.tagName, tags.typeName, tags.className], color: 'var(--code-type)' },
  { tag: tags.heading, color: 'var(--code-type)', fontWeight: 'bold' },
  { tag: [tags.link, tags.url], color: 'var(--code-name)', textDecoration: 'underline' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strong, fontWeight: 'bold' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: tags.invalid, color: 'var(--error-text)' },
])
