/** Real database servers on data of their own, in a temporary folder, without a network: null where one is not installed. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Server {
  /** A folder that the server may write to. */
  readonly folder: string;
  /** Runs a script in the server's own client; returns what that prints. */
  readonly run: (script: string, ...options: readonly string[]) => string;
  readonly stop: () => Promise<void>;
}

/** In the place of a server that is not there, whose tests are skipped. */
export const nobody: Server = { folder: "", run: () => "", stop: () => Promise.resolve() };

function missing(name: string): null {
  process.stderr.write(`${name} is not installed here: its exports are not tried\n`);
  return null;
}

type Programs<Name extends string> = Readonly<Record<Name, string>>;

const isRoot = process.getuid?.() === 0;

function programs(folders: readonly string[]) {
  const path = [...folders, ...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return (...names: readonly string[]): string | null =>
    path.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file)) ??
    null;
}

async function started(
  server: ChildProcess,
  folder: string,
  isReady: () => boolean,
): Promise<() => Promise<void>> {
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    server.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 240 && server.exitCode === null; tries++) {
    if (isReady()) return stop;
    await sleep(250);
  }
  await stop();
  throw new Error(`${server.spawnfile} did not start`);
}

export function mariaDb(): (() => Promise<Server>) | null {
  const find = programs([]);
  const [daemon, install] = [find("mariadbd"), find("mariadb-install-db")];
  const [client, dump] = [find("mariadb"), find("mariadb-dump")];
  if (daemon === null || install === null || client === null || dump === null) return missing("MariaDB");
  return () => startMariaDb({ daemon, install, client, dump });
}

async function startMariaDb({
  daemon,
  install,
  client,
  dump,
}: Programs<"daemon" | "install" | "client" | "dump">): Promise<Server> {
  // its path is short: a socket's may have 107 characters
  const folder = mkdtempSync(join(tmpdir(), "my-"));
  const user = isRoot ? ["--user=root"] : [];
  const data = `--datadir=${join(folder, "data")}`;
  const first = [
    "--no-defaults",
    data,
    ...user,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ];
  execFileSync(install, first, { stdio: "ignore" });
  const socket = `--socket=${join(folder, "s")}`;
  const server = spawn(
    daemon,
    [
      "--no-defaults",
      data,
      ...user,
      socket,
      "--skip-networking",
      "--secure-file-priv=",
      "--loose-innodb-use-native-aio=0",
    ],
    { stdio: "ignore" },
  );
  const access = ["--no-defaults", "--user=root", socket, "--default-character-set=utf8mb4"];
  const stop = await started(
    server,
    folder,
    () => spawnSync(client, [...access, "-e", "SELECT 1"], { stdio: "ignore" }).status === 0,
  );
  const run = (script: string, ...options: readonly string[]): string =>
    options[0] === "dump"
      ? execFileSync(dump, [...access, ...options.slice(1)], { encoding: "utf8" })
      : execFileSync(client, [...access, ...options], { input: script, encoding: "utf8" });
  return { folder, run, stop };
}

export function postgreSql(): (() => Promise<Server>) | null {
  const versions = "/usr/lib/postgresql";
  const installed = existsSync(versions)
    ? readdirSync(versions).map((name) => join(versions, name, "bin"))
    : [];
  const find = programs(installed);
  const [initialize, daemon, client] = [find("initdb"), find("postgres"), find("psql")];
  if (initialize === null || daemon === null || client === null) return missing("PostgreSQL");
  return () => startPostgreSql({ initialize, daemon, client });
}

async function startPostgreSql({
  initialize,
  daemon,
  client,
}: Programs<"initialize" | "daemon" | "client">): Promise<Server> {
  const folder = mkdtempSync(join(isRoot ? "/tmp" : tmpdir(), "gatebook-pg-"));
  // it refuses to run as root, and who runs it has to get into the folder
  const identity = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  const quiet = {
    ...identity,
    stdio: "ignore",
    cwd: folder,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  } as const;
  execFileSync(initialize, ["-D", data, "-U", "me", "-A", "trust", "-E", "UTF8", "--no-sync"], quiet);
  const settings = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${folder}`, "-c", "fsync=off"];
  const server = spawn(daemon, ["-D", data, ...settings], quiet);
  const access = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "me", "postgres"];
  const stop = await started(
    server,
    folder,
    () => spawnSync(client, [...access, "-c", "SELECT 1"], { stdio: "ignore" }).status === 0,
  );
  mkdirSync(join(folder, "out"), { mode: 0o777 });
  chmodSync(join(folder, "out"), 0o777);
  return { folder, run: (script) => execFileSync(client, access, { input: script, encoding: "utf8" }), stop };
}
