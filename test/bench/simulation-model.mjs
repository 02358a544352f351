/**
 * Users who come back, each with a taste of their own: the population behind simulation.mjs.
 * A user is active on 35% of days and then sees 20 impressions on average (geometric); clicks, long dwells and
 * near-duplicates are binomial with rates that differ between users (beta, by intraclass correlation). So events are
 * clustered by user, the more the longer the window: the design effect of CTR is 1.76 over a day, 3.6 over 14. A group of
 * 143 users brings 1,000 impressions a day.
 */

export const NIGHTS = 14;
export const GROUP_USERS = 143;
const ACTIVE = 0.35;
const IMPRESSIONS = 20;
const RATES = {
  click: { mean: 0.05, correlation: 0.02 },
  longDwell: { mean: 0.4, correlation: 0.059 },
  duplicate: { mean: 0.04, correlation: 0.02 },
};
/** units, Σm, Σy, Σm², Σy², Σmy for each of the three metrics. */
const SUMS = 6;
const METRICS = ["ctr", "long_dwell_share", "near_duplicate_share"];
const NIGHT_SUMS = METRICS.length * SUMS;

/** The sums of `users` users, night by night: what stands in user_days, as a day and re-grouped over the window. */
export function startPopulation(random, users, clickFactor = 1) {
  const rate = ({ mean, correlation }) => {
    const strength = 1 / correlation - 1;
    return random.beta(mean * strength, (1 - mean) * strength);
  };
  const people = Array.from({ length: users }, () => ({
    click: rate(RATES.click) * clickFactor,
    longDwell: rate(RATES.longDwell),
    duplicate: rate(RATES.duplicate),
    impressions: 0,
    clicks: 0,
    longDwells: 0,
    duplicates: 0,
  }));
  const window = new Float64Array(NIGHT_SUMS);
  return {
    nextNight() {
      const day = new Float64Array(NIGHT_SUMS);
      for (const person of people) if (random.uniform() < ACTIVE) visit(random, person, day, window);
      return { day, window: window.slice() };
    },
  };
}

function visit(random, person, day, window) {
  const impressions = 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - 1 / IMPRESSIONS));
  const clicks = binomial(random, impressions, person.click);
  const longDwells = binomial(random, clicks, person.longDwell);
  const duplicates = binomial(random, impressions, person.duplicate);
  addUnits(day, { impressions, clicks, longDwells, duplicates }, 1);
  // Re-grouped over the window: the user's old sums out, the new ones in.
  addUnits(window, person, -1);
  person.impressions += impressions;
  person.clicks += clicks;
  person.longDwells += longDwells;
  person.duplicates += duplicates;
  addUnits(window, person, 1);
}

function addUnits(sums, { impressions, clicks, longDwells, duplicates }, sign) {
  addUnit(sums, 0, impressions, clicks, sign);
  addUnit(sums, SUMS, clicks, longDwells, sign);
  addUnit(sums, 2 * SUMS, impressions, duplicates, sign);
}

function addUnit(sums, at, m, y, sign) {
  if (m === 0) return;
  sums[at] += sign;
  sums[at + 1] += sign * m;
  sums[at + 2] += sign * y;
  sums[at + 3] += sign * m * m;
  sums[at + 4] += sign * y * y;
  sums[at + 5] += sign * m * y;
}

/** By inversion: few events in few trials. */
function binomial(random, trials, p) {
  if (trials === 0 || p <= 0) return 0;
  const odds = p / (1 - p);
  let chance = (1 - p) ** trials;
  let left = random.uniform() - chance;
  let events = 0;
  while (left > 0 && events < trials) {
    chance *= (odds * (trials - events)) / (events + 1);
    left -= chance;
    events++;
  }
  return events;
}

/**
 * The baseline is nine times as large; drawing it anew for each run would take all the time. It is put together from
 * groups of users drawn once: few enough to keep, many enough that two runs hardly share any.
 */
export function drawGroups(random, count) {
  return Array.from({ length: count }, () => {
    const population = startPopulation(random, GROUP_USERS);
    return Array.from({ length: NIGHTS }, () => population.nextNight());
  });
}

export function sumGroups(random, groups, count) {
  const nights = Array.from({ length: NIGHTS }, () => ({
    day: new Float64Array(NIGHT_SUMS),
    window: new Float64Array(NIGHT_SUMS),
  }));
  for (let i = 0; i < count; i++) {
    const group = groups[random.integer(groups.length)];
    nights.forEach((night, n) => {
      for (let k = 0; k < NIGHT_SUMS; k++) {
        night.day[k] += group[n].day[k];
        night.window[k] += group[n].window[k];
      }
    });
  }
  return nights;
}

/** The moments of one metric as `src/model/measurement.ts` has them. */
export function momentsOf(sums, metric) {
  const at = METRICS.indexOf(metric) * SUMS;
  return {
    shape: "ratio",
    units: sums[at],
    sumDenominator: sums[at + 1],
    sumNumerator: sums[at + 2],
    sumDenominatorSquared: sums[at + 3],
    sumNumeratorSquared: sums[at + 4],
    sumProduct: sums[at + 5],
  };
}
