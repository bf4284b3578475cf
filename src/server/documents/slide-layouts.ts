import type { Language } from './locale.js'

/** A rectangle on the slide, in points from its top left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A place on a layout for a slide to fill. */
export interface Placeholder {
  /** An object is text, a picture, a table, a chart … as the author likes. */
  readonly type: 'ctrTitle' | 'title' | 'subTitle' | 'object'
  /** Tells the places of a layout apart and ties a slide's shape to its place. The title is 0. */
  readonly index: number
  readonly box: Box
}

/** The format's own words for the usual arrangements, by which programs carry a slide over to another design. */
export type SlideLayoutType = 'title' | 'obj' | 'twoObj' | 'titleOnly' | 'blank'

/** An arrangement that "New slide" offers. */
export interface SlideLayout {
  readonly name: Readonly<Record<Language, string>>
  readonly placeholders: readonly Placeholder[]
}

/** 16:9, the size PowerPoint starts with, in points. */
export const slideSize = { width: 960, height: 540 } as const

const margin = 66
const fullWidth = slideSize.width - 2 * margin
const gap = 24
const halfWidth = (fullWidth - gap) / 2

export const titleBox: Box = { x: margin, y: 30, width: fullWidth, height: 86 }
export const bodyBox: Box = { x: margin, y: 130, width: fullWidth, height: 350 }
export const openingTitleBox: Box = { x: margin, y: 122, width: fullWidth, height: 148 }
export const subtitleBox: Box = { x: margin, y: 280, width: fullWidth, height: 102 }
export const footerBoxes = {
  left: { x: margin, y: 490, width: 200, height: 28 },
  middle: { x: 300, y: 490, width: 360, height: 28 },
  right: { x: slideSize.width - margin - 200, y: 490, width: 200, height: 28 },
} as const

const title: Placeholder = { type: 'title', index: 0, box: titleBox }
const leftBox: Box = { ...bodyBox, width: halfWidth }
const rightBox: Box = { ...leftBox, x: margin + halfWidth + gap }

/** The layouts of a presentation, in the order of the program's menu. */
export const slideLayouts: Readonly<Record<SlideLayoutType, SlideLayout>> = {
  title: {
    name: { en: 'Title Slide', 'zh-CN': '标题幻灯片' },
    placeholders: [
      { type: 'ctrTitle', index: 0, box: openingTitleBox },
      { type: 'subTitle', index: 1, box: subtitleBox },
    ],
  },
  obj: {
    name: { en: 'Title and Content', 'zh-CN': '标题和内容' },
    placeholders: [title, { type: 'object', index: 1, box: bodyBox }],
  },
  twoObj: {
    name: { en: 'Two Content', 'zh-CN': '两栏内容' },
    placeholders: [
      title,
      { type: 'object', index: 1, box: leftBox },
      { type: 'object', index: 2, box: rightBox },
    ],
  },
  titleOnly: { name: { en: 'Title Only', 'zh-CN': '仅标题' }, placeholders: [title] },
  blank: { name: { en: 'Blank', 'zh-CN': '空白' }, placeholders: [] },
}

const layoutTypes = Object.keys(slideLayouts)

/** Where a layout lies in the package. */
export function layoutPath(type: string): string {
  return `ppt/slideLayouts/slideLayout${layoutTypes.indexOf(type) + 1}.xml`
}
