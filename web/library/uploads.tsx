import { useSignal } from '@preact/signals'
import { FileIcon } from '../shared/file-icon.js'
import { percentText, readableName, sizeText } from '../shared/format.js'
import { Icon } from '../shared/icons.js'
import { words } from '../shared/words/words.js'
import { isFinished, isRunning, needsPerson, overallProgress, type Upload } from './upload-queue.js'
import { uploadQueue, uploads } from './uploads-state.js'

/** A long list of small files is not worth a thousand rows. */
const MOST_SHOWN = 200

/** How the uploads are going, in the corner of every page of the library. */
export function Uploads() {
  const small = useSignal(false)
  const all = uploads.value
  if (all.length === 0) return null
  const running = all.filter(isRunning).length
  const problems = all.filter(needsPerson).length
  const done = all.filter(({ state }) => state === 'done').length
  const title =
    problems > 0
      ? words.upload.withProblems(problems)
      : running > 0
        ? words.upload.title(running)
        : words.upload.finished(done)
  const collapse = small.value ? words.upload.expand : words.upload.collapse
  return (
    <section class="uploads" aria-label={words.library.upload}>
      <header>
        <h2>
          <span role="status">{title}</span>
        </h2>
        {running > 0 && (
          <button type="button" class="button plain" onClick={() => uploadQueue().cancelAll()}>
            {words.upload.cancelAll}
          </button>
        )}
        <button
          type="button"
          class="button plain square"
          aria-expanded={!small.value}
          aria-label={collapse}
          title={collapse}
          onClick={() => {
            small.value = !small.value
          }}
        >
          <span class={small.value ? 'twist up' : 'twist'}>
            <Icon name="collapse" />
          </span>
        </button>
        {running === 0 && (
          <button
            type="button"
            class="button plain square"
            aria-label={words.upload.close}
            title={words.upload.close}
            onClick={() => {
              for (const { id } of all) uploadQueue().cancel(id)
              uploadQueue().clear()
            }}
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      {running > 0 && <progress value={overallProgress(all)} max={1} aria-label={words.upload.progress} />}
      {!small.value && (
        <ul>
          {inOrder(all)
            .slice(0, MOST_SHOWN)
            .map((upload) => (
              <UploadRow key={upload.id} upload={upload} others={problems > 1} />
            ))}
        </ul>
      )}
    </section>
  )
}

/** What needs somebody first, what is done last. */
function inOrder(all: readonly Upload[]): Upload[] {
  const rank = (upload: Upload) => (needsPerson(upload) ? 0 : isFinished(upload) ? 2 : 1)
  return [...all].sort((a, b) => rank(a) - rank(b) || a.id - b.id)
}

function UploadRow({ upload, others }: { upload: Upload; others: boolean }) {
  const { id, name, path, state } = upload
  const shownName = readableName(path + name)
  const queue = uploadQueue()
  return (
    <li class={state}>
      <FileIcon kind="file" name={name} />
      <div class="upload-text">
        <bdi class="cut">{shownName}</bdi>
        <small class="quiet">{stateText(upload)}</small>
        {state === 'sending' && (
          <progress value={upload.sent} max={Math.max(1, upload.size)} aria-label={shownName} />
        )}
        {state === 'taken' && <TakenChoice upload={upload} others={others} />}
      </div>
      {isRunning(upload) && (
        <button
          type="button"
          class="button plain square"
          aria-label={words.upload.cancel(shownName)}
          onClick={() => queue.cancel(id)}
        >
          <Icon name="close" small />
        </button>
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <button
          type="button"
          class="button plain square"
          aria-label={words.upload.retry(shownName)}
          title={words.actions.tryAgain}
          onClick={() => queue.retry(id)}
        >
          <Icon name="retry" small />
        </button>
      )}
      {state === 'done' && <Icon name="check" />}
    </li>
  )
}

function TakenChoice({ upload, others }: { upload: Upload; others: boolean }) {
  const forAll = useSignal(false)
  const answers = [
    ['rename', words.upload.keepBoth],
    ['replace', words.upload.replace],
    ['skip', words.upload.skip],
  ] as const
  return (
    <>
      {others && (
        <label class="check">
          <input
            type="checkbox"
            checked={forAll.value}
            onChange={({ currentTarget }) => {
              forAll.value = currentTarget.checked
            }}
          />
          {words.upload.forAll}
        </label>
      )}
      <div class="upload-choice">
        {answers.map(([answer, label]) => (
          <button
            key={answer}
            type="button"
            class="button"
            onClick={() => uploadQueue().decide(upload.id, answer, forAll.value)}
          >
            {label}
          </button>
        ))}
      </div>
    </>
  )
}

function stateText({ state, problem, sent, size }: Upload): string {
  switch (state) {
    case 'waiting':
      return words.upload.waiting
    case 'sending':
      return words.upload.sending(sizeText(sent), sizeText(size), percentText(size === 0 ? 1 : sent / size))
    case 'broken':
      return words.upload.broken
    case 'taken':
      return problem || words.upload.taken
    case 'failed':
      return problem
    case 'done':
      return words.upload.done
    case 'cancelled':
      return words.upload.cancelled
  }
}
