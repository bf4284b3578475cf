/** A paragraph of a text document. A line break in its text stays one. */
export interface TextBlock {
  readonly style: 'title' | 'heading' | 'paragraph' | 'bullet'
  readonly text: string
}
