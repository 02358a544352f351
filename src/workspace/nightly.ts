/** Examples of how to run a workspace every night, each complete as it is: cron with a mail, systemd, a container, GitHub Actions. */

const crontab = `# Every night at 04:30, when the exports of the day before are there. Add it with: crontab -e
# Exit codes: 0 judged, 20 roll back, 2 to 5 something needs a person. Under --quiet nothing is printed at 0, so cron mails only the others.
PATH=/usr/local/bin:/usr/bin:/bin
# To mail every report as well, take the comment mark from the second line and put one before the first.
30 4 * * *  cd "$HOME/rollout" && npx --no-install gatebook run --quiet --fail-on rollback
# 30 4 * * *  cd "$HOME/rollout" && npx --no-install gatebook run --quiet --fail-on rollback --format email; sh nightly/mail.example.sh team@example.org

# To Slack (with --format chat in the line above; WEBHOOK is the address of an incoming webhook):
#   curl -sS -H "Content-Type: application/json" -d @reports/NAME/latest/chat.json "$WEBHOOK"

# Keep .gatebook/ of this folder with your backups: it has the ledger (gatebook restore --from brings a copy back).
# What you then do is recorded in the same folder, by the line that the report prints: gatebook record promote --reason "..."

# In the first 24 hours of a gate, at midday and in the evening as well:
# 0 12,20 * * *  cd "$HOME/rollout" && npx --no-install gatebook run --quiet --phase first-24h --fail-on rollback
`;

const mail = `#!/bin/sh
# Mails tonight's report, which gatebook run --format email wrote: sh nightly/mail.example.sh team@example.org
# One older than an hour is not sent again: of a night that failed cron mails what it printed.
set -eu
cd "$(dirname "$0")/.."
find reports -path "*/latest/email.html" -mmin -60 | while read -r mail; do
  {
    printf "To: %s\\nSubject: %s\\n" "$1" "$(head -n 1 "$(dirname "$mail")/summary.txt")"
    printf "MIME-Version: 1.0\\nContent-Type: text/html; charset=utf-8\\nContent-Transfer-Encoding: base64\\n\\n"
    base64 < "$mail" | fold -w 76
  } | "\${SENDMAIL:-/usr/sbin/sendmail}" -t
done
`;

const service = `# Copy both files to ~/.config/systemd/user/, then: systemctl --user enable --now gatebook.timer; loginctl enable-linger
# The unit fails on a rollback (20) and whenever something needs a person (1 to 5); OnFailure= in [Unit] may name a unit that tells them.
[Unit]
Description=gatebook: hold, promote or roll back

[Service]
Type=oneshot
WorkingDirectory=%h/rollout
ExecStart=%h/rollout/node_modules/.bin/gatebook run --fail-on rollback
# It writes .gatebook/ and reports/ of its folder, nothing else, and reaches no network.
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=%h/rollout
PrivateTmp=yes
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX
TimeoutStartSec=2h
`;

const timer = `[Unit]
Description=gatebook every night, when the exports of the day before are there

[Timer]
# In this machine's time zone; a zone may follow: 04:30:00 Europe/Berlin
OnCalendar=*-*-* 04:30:00
# A night that was missed because the machine was off is run when it is back.
Persistent=true

[Install]
WantedBy=timers.target
`;

const containerfile = `# The workspace's own files in an image; exports, ledger and reports stay outside. Rootless, and on a read-only file system:
#   podman build -f nightly/Containerfile -t rollout .
#   podman run --rm --read-only --tmpfs /tmp --network none --userns keep-id \\
#     -v "$PWD/exports:/rollout/exports:ro" -v "$PWD/.gatebook:/rollout/.gatebook" -v "$PWD/reports:/rollout/reports" rollout
FROM docker.io/library/node:22-bookworm-slim
WORKDIR /rollout
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY rollout.yaml ./
COPY queries/ ./queries/
# COPY templates/ ./templates/
RUN mkdir exports .gatebook reports && chown node:node .gatebook reports
USER node
ENTRYPOINT ["/rollout/node_modules/.bin/gatebook"]
CMD ["run", "--fail-on", "rollback"]
`;

/** The first steps of a GitHub job: this folder with the gatebook that its package.json names. */
const installed = `      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
`;

const nightly = `# The nightly run as a GitHub workflow: copy it to .github/workflows/nightly.yml of this folder's repository.
# The job fails on a rollback and on nothing milder; the report is kept either way.
name: nightly
on:
  schedule:
    - cron: "30 4 * * *"
  workflow_dispatch:
# two nights at once would each save a ledger of their own
concurrency: nightly
permissions:
  contents: read
  actions: read
jobs:
  judge:
    runs-on: ubuntu-latest
    steps:
${installed}      # .gatebook has the ledger: rollbacks that nobody has cleared, gates, what people recorded, and the sums of days whose
      # exports are gone. Without it a run takes the ledger over from reports/, as far as a report remembers it; without both it
      # knows of no rollback and begins with a first night.
      - uses: actions/cache@v4
        id: memory
        with:
          path: |
            .gatebook
            reports
          key: gatebook-\${{ github.run_id }}
          restore-keys: gatebook-
      # A cache is dropped after a week without use; the newest report is kept for longer.
      - if: steps.memory.outputs.cache-matched-key == ''
        run: gh run download --name report --dir reports || echo "no earlier report, this is a first night"
        env:
          GH_TOKEN: \${{ github.token }}
      - name: Fetch the exports
        run: echo "copy yesterday's files into exports/ here, e.g. from a bucket"
      - run: npx --no-install gatebook run --fail-on rollback --format github --format junit
      # Annotations and summary of what was written just now: a night that failed must not show the one before. For a test reporter there
      # is junit.xml in latest/.
      - if: always()
        run: |
          find reports -path "*/latest/github/annotations.txt" -mmin -60 -exec cat {} +
          find reports -path "*/latest/github/step-summary.md" -mmin -60 -exec cat {} + >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: report
          path: reports
`;

const pullRequest = `# Mistakes in rollout.yaml, queries and templates, shown at their lines in a pull request: copy it to .github/workflows/check.yml.
name: check
on:
  pull_request:
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
${installed}      - run: npx --no-install gatebook check --format github
`;

/** By path relative to the workspace. */
export const nightlyFiles: Readonly<Record<string, string>> = {
  "nightly/Containerfile": containerfile,
  "nightly/crontab.example": crontab,
  "nightly/mail.example.sh": mail,
  "nightly/gatebook.service": service,
  "nightly/gatebook.timer": timer,
  "nightly/github-pull-request.example.yml": pullRequest,
  "nightly/github-workflow.example.yml": nightly,
};
