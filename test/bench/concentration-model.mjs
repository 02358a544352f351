/**
 * Users with tastes of their own, drawn inside the database: the population behind concentration.mjs. A user has five
 * favourite authors, drawn by the catalogue's popularity, who fill 70% of what the user is shown; the rest is drawn from
 * the catalogue at large. Impressions per user are geometric with mean 20, on one of two days or on both. So a user sees
 * few authors, and impressions of one user are no independent draws: that is what a standard error has to know.
 * Chance is DuckDB's hash() over seed, user and draw: ten times as fast as md5, and other numbers in another DuckDB.
 */

const AUTHORS = 400;
const FAVOURITES = 5;
const TASTE_PERCENT = 70;
const IMPRESSIONS = 20;
/** Tickets of the lottery that draws an author; popularity is rounded to whole tickets. */
const TICKETS = 40_000;

export const DAYS = ["2026-02-01", "2026-02-02"];
export const BASELINE = "v1";
export const CANDIDATE = "v2";

/** The table `tickets`: author by ticket, popularity ∝ 1/rank^exponent (0: flat). */
export async function drawCatalogue(engine, exponent) {
  await engine.execute(`CREATE OR REPLACE TABLE tickets AS
    WITH ranks AS (
      SELECT author, sum(author ** -${exponent}) OVER (ORDER BY author) / sum(author ** -${exponent}) OVER () AS up_to
      FROM range(1, ${AUTHORS + 1}) AS authors(author)
    ),
    ends AS (SELECT author, CAST(round(up_to * ${TICKETS}) AS INTEGER) AS up_to FROM ranks)
    SELECT CAST(ticket AS INTEGER) AS ticket, 'author-' || min(author) AS author_id
    FROM range(0, ${TICKETS}) AS all_tickets(ticket) JOIN ends ON ticket < up_to GROUP BY ticket`);
}

/** `author_days` and `user_days` of new users, whom both variants serve alike. Same seed, same rows. */
export async function drawUsers(engine, { seed, baseline, candidate }) {
  const number = (...draw) => `hash('${seed}', ${draw.join(", ")})`;
  const favourites = Array.from(
    { length: FAVOURITES },
    (_, k) => `CAST(${number("place", `'favourite ${k}'`)} % ${TICKETS} AS INTEGER)`,
  );
  const share = (draw) => `(${draw} % 1000000) / 1e6`;
  await engine.execute(`CREATE OR REPLACE TABLE author_days AS
    WITH users AS (
      SELECT place, [${favourites.join(", ")}] AS favourites, ${number("place", "'visits'")} % 3 AS visits,
        1 + CAST(floor(ln(1 - ${share(number("place", "'volume'"))}) / ln(1 - 1 / ${IMPRESSIONS}.0)) AS INTEGER) AS impressions
      FROM range(0, ${baseline + candidate}) AS places(place)
    ),
    shown AS (
      SELECT place, favourites, visits, i, ${number("place", "i")} AS draw
      FROM users, unnest(range(impressions)) AS shown(i)
    ),
    drawn AS (
      SELECT place, CAST(CASE visits WHEN 2 THEN i % 2 ELSE visits END AS INTEGER) AS day,
        CASE WHEN draw % 100 < ${TASTE_PERCENT} THEN favourites[1 + CAST(draw // 100 % ${FAVOURITES} AS INTEGER)]
          ELSE CAST(draw // 100000 % ${TICKETS} AS INTEGER) END AS ticket
      FROM shown
    )
    SELECT DATE '${DAYS[0]}' + day AS event_date, CASE WHEN place < ${candidate} THEN '${CANDIDATE}' ELSE '${BASELINE}' END AS algo_version,
      '${seed}:' || place AS unit_id, author_id, count(*) AS impressions
    FROM drawn JOIN tickets USING (ticket) GROUP BY ALL`);
  await engine.execute(`CREATE OR REPLACE TABLE user_days AS
    SELECT event_date, algo_version, unit_id, CAST(sum(impressions) AS BIGINT) AS impressions, 0 AS clicks
    FROM author_days GROUP BY event_date, algo_version, unit_id`);
}
