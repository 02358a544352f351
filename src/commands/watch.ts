import { GatebookError } from "../model/error.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { parseDay, parseDuration } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";
import { passText } from "./texts/watch-text.ts";

export const watchCommand = defineCommand({
  usage: "watch",
  describe: "A local page of the report that follows every save: what it changed, and where it fails",
  options: {
    ...workspaceOptions,
    date: { type: "string", describe: "Report date (default: the one the warehouse was published for)" },
    port: { type: "number", default: 4571, describe: "Port of the page on 127.0.0.1; 0: any free port" },
    browser: {
      type: "boolean",
      default: true,
      describe: "Serve the page; --no-browser: print to the terminal only",
    },
    "query-timeout": { type: "string", default: "5m", describe: "Longest time one query may take" },
  },
  examples: [
    ["gatebook watch", "then edit files in queries/, templates/ and rollout.yaml; Ctrl-C ends it"],
    ["gatebook watch --no-browser", "over ssh: differences in the terminal, no page"],
  ],
  run: async (options, context) => {
    const { startPreview } = await import("../preview/preview.ts");
    const { print, remark, columns } = context.terminal;
    const stopped = context.terminal.stopped();
    const { file } = workspacePaths(options.config, undefined, context);
    const preview = await startPreview(
      {
        file,
        date: options.date === undefined ? null : parseDay(options.date, "date"),
        timeoutMs: parseDuration(options.queryTimeout, "query-timeout"),
        port: options.browser ? portOf(options.port) : null,
        onPass: (pass) => print(passText(pass, columns)),
      },
      context,
    );
    if (preview.url !== null) print(`Page: ${preview.url}`);
    remark("Following queries/, templates/ and rollout.yaml; Ctrl-C ends it.");
    await preview.until(stopped);
    return 0;
  },
});

function portOf(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new GatebookError("usage", "--port must be a port number", {
    hint: "a whole number from 0 to 65535",
  });
}
