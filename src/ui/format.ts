/** Numbers, sizes and times as people read them. Only what the `Intl` of the browser says, in its language. */

const BYTES = [
  'byte',
  'kilobyte',
  'megabyte',
  'gigabyte',
  'terabyte',
  'petabyte'
];

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60]
];

/** `1,204,331` */
export function formatNumber(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** `1.2M`: at most three digits, for narrow columns. */
export function formatCompact(value: number, locale?: string): string {
  const options: Intl.NumberFormatOptions = {
    notation: 'compact',
    maximumSignificantDigits: 3
  };
  return new Intl.NumberFormat(locale, options).format(value);
}

/** `+1,204`, `−12`, `±0`: a change, its sign always there. */
export function formatChange(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' }).format(
    value
  );
}

/** `6.4 MB`, in powers of 1,000 as disks are sold and as the command line says it. */
export function formatBytes(bytes: number, locale?: string): string {
  const magnitude = Math.abs(bytes);
  const power =
    magnitude < 1_000 ? 0 : Math.min(5, Math.floor(Math.log10(magnitude) / 3));
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: BYTES[power],
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumSignificantDigits: 3
  }).format(bytes / 1_000 ** power);
}

/** `8 sec`, `3 min`, `1.5 hr`: a length of time, about. */
export function formatSeconds(seconds: number, locale?: string): string {
  const [unit, length] =
    seconds < 60
      ? ['second', 1]
      : seconds < 3_600
        ? ['minute', 60]
        : ['hour', 3_600];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: unit,
    unitDisplay: 'short',
    maximumSignificantDigits: 2
  }).format(Math.max(1, seconds) / length);
}

/** `2 hr. ago`; less than a minute is `now` in the browser's language. */
export function formatAge(
  iso: string,
  now: number = Date.now(),
  locale?: string
): string {
  const seconds = (now - Date.parse(iso)) / 1_000;
  const format = new Intl.RelativeTimeFormat(locale, {
    numeric: 'auto',
    style: 'short'
  });
  for (const [unit, length] of STEPS) {
    if (seconds >= length) {
      return format.format(-Math.floor(seconds / length), unit);
    }
  }
  return format.format(0, 'second');
}

/** The local day. */
export function formatDay(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric'
  }).format(new Date(iso));
}

/** The exact local time, with its zone. */
export function formatTime(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short'
  }).format(new Date(iso));
}
