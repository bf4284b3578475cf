import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A small file system of its own, in memory. */
export interface MountedDisk {
  readonly path: string
  readOnly(): void
  /** Takes all space that is left, but so much. */
  fill(leftBytes?: number): void
  /** Gives the space back. */
  makeRoom(): void
  remove(): void
}

/** Mounts a small file system; null where this user may not. */
export async function mountDisk(path: string, megabytes: number): Promise<MountedDisk | null> {
  await mkdir(path, { recursive: true })
  if (!mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path)) return null
  const ballast = join(path, 'ballast')
  const makeRoom = () => rmSync(ballast, { force: true })
  return {
    path,
    readOnly: () => mount('-o', 'remount,ro', path),
    fill(leftBytes = 0) {
      makeRoom()
      const free = writeUntilFull(ballast, Number.POSITIVE_INFINITY)
      if (leftBytes === 0) return
      makeRoom()
      writeUntilFull(ballast, free - leftBytes)
    },
    makeRoom,
    remove: () => spawnSync('umount', ['--lazy', path]),
  }
}

/** Writes no more than so many bytes; how many it were. */
function writeUntilFull(place: string, mostBytes: number): number {
  const file = openSync(place, 'w')
  let written = 0
  for (const size of [1024 * 1024, 4096]) {
    const piece = Buffer.alloc(size)
    try {
      while (written + size <= mostBytes) written += writeSync(file, piece)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
  closeSync(file)
  return written
}

function mount(...args: string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0
}
