import { type Language, locales } from './locale.js'
import { openTextDocument } from './open-text.js'
import { presentation } from './presentation.js'
import { type SheetRow, spreadsheet } from './spreadsheet.js'
import type { TextBlock } from './text-block.js'
import { wordDocument } from './word-document.js'

/** A document shown to a newcomer. */
export interface SampleFile {
  /** Where it lies in the folder of samples, with `/` between folders. */
  readonly path: string
  readonly content: Uint8Array
}

/** The samples: one small story, a neighbourhood garden, told in every kind of document. */
export function sampleFiles(): readonly SampleFile[] {
  const { en, 'zh-CN': zh } = locales
  return [
    { path: 'Welcome.md', content: utf8(welcome.en) },
    { path: 'Notes.txt', content: utf8(notes) },
    { path: 'Letter.docx', content: wordDocument(en, letter) },
    {
      path: 'Budget.xlsx',
      content: spreadsheet(en, { name: 'Budget', columnWidths: [30, 14, 14, 14], rows: budget() }),
    },
    {
      path: 'Presentation.pptx',
      content: presentation(en, [
        {
          layout: 'title',
          texts: [['The Elm Street Garden'], ['What we grew this year, and what comes next']],
        },
        { layout: 'obj', texts: [['Next spring'], nextSpring] },
      ]),
    },
    { path: 'Report.odt', content: openTextDocument(en, report) },
    { path: '中文/欢迎.md', content: utf8(welcome['zh-CN']) },
    { path: '中文/会议纪要.docx', content: wordDocument(zh, minutes) },
  ]
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

const welcome: Readonly<Record<Language, string>> = {
  en: `# Welcome

This folder is a document library. The documents in it are ordinary files on your disk: what you save in the
browser is here, and what another program puts here shows up in the browser.

## Try this

1. Write something below this list. When it says it is saved, look at the file on your disk.
2. Open **Notes.txt** in two browser windows and see who may type.
3. Open **Letter.docx**, **Budget.xlsx**, **Presentation.pptx** or **Report.odt**. They need an office editor such as
   ONLYOFFICE Docs or Collabora Online. Connect yours with \`wopikit serve --client <address of the editor>\`.
4. Drop a document of your own in here.

These samples are yours: change them, or delete them all. They do not come back.
`,
  'zh-CN': `# 欢迎

这个文件夹就是一个文档库。里面的文档都是磁盘上的普通文件：在浏览器中保存的内容会写到这里，其他程序放进来的文件也会显示在浏览器中。

## 试一试

1. 在这份列表下面写几个字。显示“已保存”后，看看磁盘上的文件。
2. 在两个浏览器窗口中打开上一级文件夹里的 **Notes.txt**，看看谁可以输入。
3. 打开 **会议纪要.docx**。它需要一个办公文档编辑器，例如 ONLYOFFICE Docs 或 Collabora Online。
   用 \`wopikit serve --client <编辑器的地址>\` 连接您的编辑器。
4. 把您自己的文档放到这里来。

这些示例归您所有：可以随意修改，也可以全部删除，它们不会再出现。
`,
}

const notes = `Saturday in the garden

[ ] Bring the long ladder back to Mr Okafor
[ ] Ask the school about rain barrels
[x] Order seed potatoes
[ ] Label the herb bed

Ideas for the summer party: lanterns, a soup from everything that is ripe, music until ten.
`

const letter: readonly TextBlock[] = [
  { style: 'paragraph', text: 'Elm Street Garden\n12 Elm Street' },
  { style: 'paragraph', text: 'To the parents’ council\nElm Street School' },
  { style: 'heading', text: 'Two rain barrels for the school garden' },
  { style: 'paragraph', text: 'Dear Ms Moreau,' },
  {
    style: 'paragraph',
    text: 'Thank you for the afternoon your pupils spent with us. They planted forty strawberries and asked better questions than most visitors. One of them was why we water with tap water while the rain runs off your roof.',
  },
  {
    style: 'paragraph',
    text: 'We would like to put up two rain barrels behind the gym, one for you and one for us:',
  },
  { style: 'bullet', text: 'We pay for the barrels and fit them on a Saturday.' },
  { style: 'bullet', text: 'The caretaker shows us where the downpipe may be cut.' },
  { style: 'bullet', text: 'A class of your choice measures how much water we save.' },
  { style: 'paragraph', text: 'Would the second Saturday in April suit you?' },
  { style: 'paragraph', text: 'With kind regards' },
  { style: 'paragraph', text: 'Amara Okafor\nfor the gardeners of Elm Street' },
]

const costs: readonly (readonly [item: string, planned: number, spent: number])[] = [
  ['Seeds and seedlings', 120, 96.5],
  ['Soil and compost', 200, 184],
  ['Tools', 150, 172.4],
  ['Rain barrels', 180, 0],
  ['Shed repair', 90, 63.25],
  ['Summer party', 75, 0],
]

function budget(): readonly SheetRow[] {
  const firstRow = 3
  const lastRow = firstRow + costs.length - 1
  const planned = costs.reduce((sum, [, amount]) => sum + amount, 0)
  const spent = costs.reduce((sum, [, , amount]) => sum + amount, 0)
  const total = (column: string, result: number) => ({
    formula: `SUM(${column}${firstRow}:${column}${lastRow})`,
    result,
  })
  return [
    { kind: 'title', cells: ['Elm Street Garden: budget'] },
    { kind: 'header', cells: ['Item', 'Planned', 'Spent', 'Left'] },
    ...costs.map(([item, itemPlanned, itemSpent], index): SheetRow => {
      const row = firstRow + index
      const left = { formula: `B${row}-C${row}`, result: itemPlanned - itemSpent }
      return { kind: 'data', cells: [item, itemPlanned, itemSpent, left] }
    }),
    {
      kind: 'total',
      cells: ['Total', total('B', planned), total('C', spent), total('D', planned - spent)],
    },
  ]
}

const nextSpring: readonly string[] = [
  'Two rain barrels, shared with the school',
  'A raised bed that can be reached from a wheelchair',
  'More herbs, fewer courgettes',
  'Open gate every first Sunday of the month',
]

const report: readonly TextBlock[] = [
  { style: 'title', text: 'A year in the Elm Street Garden' },
  {
    style: 'paragraph',
    text: 'Nineteen neighbours share eight beds, one shed and a key. This is what the year brought, and what we would do differently.',
  },
  { style: 'heading', text: 'What went well' },
  { style: 'bullet', text: 'The potatoes: 84 kilograms from a bed that used to be gravel.' },
  { style: 'bullet', text: 'The first open Sunday, with more visitors than chairs.' },
  { style: 'bullet', text: 'Watering by rota. Nobody had to be asked twice.' },
  { style: 'heading', text: 'What did not' },
  {
    style: 'paragraph',
    text: 'The compost stayed cold until June because we built it in the shade. The tomatoes under the roof did fine; those outside were lost to blight within a week in August.',
  },
  { style: 'heading', text: 'What we ask for' },
  {
    style: 'paragraph',
    text: 'A tap closer than the one behind the gym, or the rain barrels described in our letter. Everything else we can build ourselves.',
  },
]

const minutes: readonly TextBlock[] = [
  { style: 'title', text: '会议纪要' },
  { style: 'paragraph', text: '榆树街社区花园\n地点：工具房前的长桌' },
  { style: 'heading', text: '一、本季情况' },
  {
    style: 'paragraph',
    text: '八块菜地全部种满，土豆收成八十四公斤。室外的番茄在八月因病害损失，明年改在棚下种植。',
  },
  { style: 'heading', text: '二、决定' },
  { style: 'bullet', text: '与学校共用两只雨水桶，由花园出资，四月安装。' },
  { style: 'bullet', text: '新建一块轮椅可以靠近的高架菜地。' },
  { style: 'bullet', text: '每月第一个星期日对邻居开放。' },
  { style: 'heading', text: '三、下次会议' },
  { style: 'paragraph', text: '三月的第二个星期六上午十点。请带上自己的杯子。' },
]
