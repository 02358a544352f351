import { open } from "node:fs/promises";

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
