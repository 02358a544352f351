/**
 * Users who come back, each with a taste of their own: the population behind simulation.mjs.
 *
 * `ideal`: a user is active on 35% of days and then sees 20 impressions on average (geometric); clicks, long dwells and near-duplicates
 * are binomial with rates that differ between users (beta, by intraclass correlation). So events are clustered by user, the more the
 * longer the window: the design effect of CTR is 1.76 over a day, 3.6 over 14.
 * `honest`: 28% of the users are new, with no days before the rollout; a user's rates are drawn anew each week with a chance of a tenth;
 * how much a user sees a visit is log-normal on top (SD 0.5). Days before the rollout are then worth 1.12, 1.16, 1.21 and 1.25 times the
 * traffic on nights 1, 3, 7 and 14; of ideal users 1.14, 1.18, 1.27 and 1.41.
 *
 * Every user has fourteen days before the rollout as well. A group of users brings about 1,000 impressions a day.
 */

export const NIGHTS = 14;
const BEFORE = 14;
const ACTIVE = 0.35;
const IMPRESSIONS = 20;
const RATES = {
  click: { mean: 0.05, correlation: 0.02 },
  longDwell: { mean: 0.4, correlation: 0.059 },
  duplicate: { mean: 0.04, correlation: 0.02 },
};
const MODELS = {
  ideal: { users: 143, newUsers: 0, drift: 0, tail: 0 },
  // new users are there for half of the nights on average
  honest: { users: 166, newUsers: 0.28, drift: 0.1, tail: 0.5 },
};
export const modelNames = Object.keys(MODELS);

export const METRICS = ["ctr", "long_dwell_share", "near_duplicate_share"];
/** units, Σm, Σy, Σm², Σy², Σmy; of the window also what goes with the days before: w, x, and their products. */
const DAY_SUMS = 6;
const WINDOW_SUMS = 16;

/** The nights of one group of users: the sums of every day, and of every window as it is re-grouped per user. */
function playGroup(random, model, clickFactor) {
  const settings = MODELS[model];
  const people = Array.from({ length: settings.users }, () => startPerson(random, settings));
  const window = new Float64Array(METRICS.length * WINDOW_SUMS);
  return Array.from({ length: NIGHTS }, (_, night) => {
    const day = new Float64Array(METRICS.length * DAY_SUMS);
    for (const person of people) {
      if (night < person.from) continue;
      if (night % 7 === 0 && random.uniform() < settings.drift) drawTaste(random, person);
      if (random.uniform() < ACTIVE) visit(random, person, { clickFactor, day, window });
    }
    return { day, window: window.slice() };
  });
}

function startPerson(random, { newUsers, drift, tail }) {
  const isNew = random.uniform() < newUsers;
  const person = {
    from: isNew ? random.integer(NIGHTS) : 0,
    appetite: IMPRESSIONS * Math.exp(tail * random.normal() - tail ** 2 / 2),
    now: nothing(),
    before: nothing(),
  };
  drawTaste(random, person);
  if (isNew) return person;
  for (let day = 0; day < BEFORE; day++) {
    if (day % 7 === 0 && random.uniform() < drift) drawTaste(random, person);
    if (random.uniform() < ACTIVE) add(person.before, drawVisit(random, person, 1));
  }
  return person;
}

function drawTaste(random, person) {
  const rate = ({ mean, correlation }) => {
    const strength = 1 / correlation - 1;
    return random.beta(mean * strength, (1 - mean) * strength);
  };
  person.click = rate(RATES.click);
  person.longDwell = rate(RATES.longDwell);
  person.duplicate = rate(RATES.duplicate);
}

function nothing() {
  return { impressions: 0, clicks: 0, longDwells: 0, duplicates: 0 };
}

function drawVisit(random, person, clickFactor) {
  const mean = Math.max(1.01, person.appetite);
  const impressions = 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - 1 / mean));
  const clicks = binomial(random, impressions, person.click * clickFactor);
  const longDwells = binomial(random, clicks, person.longDwell);
  const duplicates = binomial(random, impressions, person.duplicate);
  return { impressions, clicks, longDwells, duplicates };
}

function add(total, more) {
  for (const key of Object.keys(more)) total[key] += more[key];
}

function visit(random, person, { clickFactor, day, window }) {
  const seen = drawVisit(random, person, clickFactor);
  for (const [at, pair] of pairs(seen).entries()) addUnit(day, at * DAY_SUMS, pair, 1);
  // Re-grouped over the window: the user's old sums out, the new ones in.
  addWindow(window, person, -1);
  add(person.now, seen);
  addWindow(window, person, 1);
}

/** [denominator, numerator] of each metric. */
function pairs({ impressions, clicks, longDwells, duplicates }) {
  return [
    [impressions, clicks],
    [clicks, longDwells],
    [impressions, duplicates],
  ];
}

function addUnit(sums, at, [m, y], sign) {
  if (m === 0) return;
  const terms = [1, m, y, m * m, y * y, m * y];
  for (let i = 0; i < terms.length; i++) sums[at + i] += sign * terms[i];
}

function addWindow(sums, { now, before }, sign) {
  const earlier = pairs(before);
  for (const [metric, [m, y]] of pairs(now).entries()) {
    if (m === 0) continue;
    const at = metric * WINDOW_SUMS;
    addUnit(sums, at, [m, y], sign);
    const [w, x] = earlier[metric];
    if (w === 0) continue;
    const terms = [1, x, w, x * x, w * w, x * w, m * x, m * w, y * x, y * w];
    for (let i = 0; i < terms.length; i++) sums[at + DAY_SUMS + i] += sign * terms[i];
  }
}

/** By inversion where few events are due of few trials. */
function binomial(random, trials, p) {
  if (trials === 0 || p <= 0) return 0;
  if (trials > 60) return random.binomial(trials, Math.min(1, p));
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
 * Drawing every user anew for each run would take all the time. Variants are put together from groups drawn once: few enough to keep,
 * many enough that two runs hardly share any.
 */
export function drawGroups(random, { model, count, clickFactor = 1 }) {
  return Array.from({ length: count }, () => playGroup(random, model, clickFactor));
}

/** The nights of `count` groups together. */
export function sumGroups(random, groups, count) {
  const nights = groups[0].map(({ day, window }) => ({
    day: new Float64Array(day.length),
    window: new Float64Array(window.length),
  }));
  for (let i = 0; i < count; i++) {
    const group = groups[random.integer(groups.length)];
    for (let n = 0; n < nights.length; n++) {
      addAll(nights[n].day, group[n].day);
      addAll(nights[n].window, group[n].window);
    }
  }
  return nights;
}

function addAll(sums, more) {
  for (let k = 0; k < sums.length; k++) sums[k] += more[k];
}

/** The six sums of one metric as `src/model/schema/measurement.ts` has them. */
export function momentsOf(sums, metric) {
  const at = METRICS.indexOf(metric) * (sums.length / METRICS.length);
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

/** Of a window, what goes with the days before the rollout. */
export function preMomentsOf(sums, metric) {
  const at = METRICS.indexOf(metric) * WINDOW_SUMS + DAY_SUMS;
  return {
    unitsWithPre: sums[at],
    preNumerator: sums[at + 1],
    preDenominator: sums[at + 2],
    preNumeratorSquared: sums[at + 3],
    preDenominatorSquared: sums[at + 4],
    preProduct: sums[at + 5],
    denominatorPreNumerator: sums[at + 6],
    denominatorPreDenominator: sums[at + 7],
    numeratorPreNumerator: sums[at + 8],
    numeratorPreDenominator: sums[at + 9],
  };
}
