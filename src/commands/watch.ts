import { defineCommand } from "./terminal/command.ts";
import { dayOption, shared } from "./terminal/options.ts";
import { wholeFrom } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";
import { passText } from "./texts/watch-text.ts";

export const watchCommand = defineCommand({
  options: {
    ...shared("config"),
    date: dayOption("Report date (default: that of the published warehouse)"),
    port: {
      type: "string",
      default: "4571",
      describe: "Port of the page on 127.0.0.1; 0: any free port",
      parse: wholeFrom(0, 65_535),
    },
    browser: {
      type: "boolean",
      default: true,
      describe: "Serve the page; --no-browser: print to the terminal only",
    },
    ...shared("query-timeout"),
  },
  examples: [
    ["gatebook watch", "then edit files in queries/, templates/ and rollout.yaml; Ctrl-C ends it"],
    ["gatebook watch --no-browser", "over ssh: differences in the terminal, no page"],
  ],
  run: async (options, context) => {
    const { startPreview } = await import("../preview/preview.ts");
    const { print, remark, columns } = context.terminal;
    const stopped = context.terminal.stopped();
    const { file } = workspacePaths(options, context);
    const preview = await startPreview(
      {
        file,
        date: options.date ?? null,
        timeoutMs: options.queryTimeout,
        port: options.browser ? options.port : null,
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
