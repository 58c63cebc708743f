/** The last date or time that was read. One object for all of them, because a load reads billions. */
export const moment = {
  /** Since 2000-01-01, where Postgres counts from. */
  days: 0,
  /** Of the day, and the microseconds of the second. */
  seconds: 0,
  micros: 0,
  /** East of UTC. */
  offsetMinutes: 0,
}

const daysOfMonth = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** Whether the Gregorian calendar has the day. */
export const isDay = (year: number, month: number, day: number): boolean =>
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  (day <= daysOfMonth[month]! || (month === 2 && day === 29 && isLeap(year)))

/** Days from 0000-03-01 to 2000-01-01. */
const epoch = 730_425

/** Days from 2000-01-01 to a day of the Gregorian calendar. Year 0 is 1 BC. */
export const daysOf = (year: number, month: number, day: number): number => {
  // Years that start in March have the leap day at their end.
  const marchYear = month > 2 ? year : year - 1
  const monthsSinceMarch = month > 2 ? month - 3 : month + 9
  const leapDays = (marchYear >> 2) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return 365 * marchYear + leapDays + Math.floor((153 * monthsSinceMarch + 2) / 5) + day - 1 - epoch
}
