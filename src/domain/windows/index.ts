export { OpeningTimes, type RecurringWindow } from './opening-times.js';
export { windowAt, type WindowState } from './window-at.js';
export { windowProblems, type WindowProblem } from './window-problems.js';
export { windowTime } from './window-time.js';
