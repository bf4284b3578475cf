import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'

/** A small file system of its own, in memory. */
export interface MountedDisk {
  readonly path: string
  readOnly(): void
  writable(): void
  remove(): void
}

/** Mounts a small file system; null where this user may not. */
export async function mountDisk(path: string, megabytes: number): Promise<MountedDisk | null> {
  await mkdir(path, { recursive: true })
  if (!mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path)) return null
  return {
    path,
    readOnly: () => mount('-o', 'remount,ro', path),
    writable: () => mount('-o', 'remount,rw', path),
    remove: () => spawnSync('umount', ['--lazy', path]),
  }
}

function mount(...args: string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0
}
