interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** The digits behind the point, as they came. */
  readonly fraction: string;
  /** `Z`, `-03:00`, or nothing where the zone is not said. */
  readonly zone: string;
  readonly isDate: boolean;
}

const SHAPE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A date, or a date with a time as its own clock shows it. */
export class Moment {
  readonly fields: Fields;

  private constructor(fields: Fields) {
    this.fields = fields;
  }

  /** @returns nothing for a text that is no ISO 8601 date or date-time, or names no day there is */
  static parse(text: string): Moment | undefined {
    const [matched, ...parts] = SHAPE.exec(text) ?? [];
    if (matched === undefined) return undefined;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
      .slice(0, 6)
      .map((part) => Number((part as string | undefined) ?? 0));
    const zone = (parts[7] ?? '').toUpperCase();
    const fraction = parts[6] ?? '';
    const isDate = parts[3] === undefined;
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    if (month < 1 || month > 12 || day < 1 || day > last) return undefined;
    if (hour > 23 || minute > 59 || second > 59) return undefined;
    return new Moment({ year, month, day, hour, minute, second, fraction, zone, isDate });
  }

  static now(): Moment {
    return Moment.parse(new Date().toISOString()) ?? new Moment(EPOCH);
  }

  date(): Moment {
    const { year, month, day } = this.fields;
    return new Moment({ ...EPOCH, year, month, day });
  }

  /** Milliseconds since 1970, with what is finer behind the point; UTC where no zone is said. */
  instant(): number {
    const { year, month, day, hour, minute, second, fraction, zone } = this.fields;
    const [, sign = '', hours = '0', minutes = '0'] = /([+-])(\d\d):?(\d\d)/.exec(zone) ?? [];
    const ahead = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    return (
      Date.UTC(year, month - 1, day, hour, minute - ahead, second) + Number(`0.${fraction}0`) * 1000
    );
  }

  /** ISO 8601, with the fraction and the zone as they came. */
  toString(): string {
    const { fraction, zone, isDate } = this.fields;
    const time = `T${this.format('%H:%M:%S')}${fraction && `.${fraction}`}${zone}`;
    return `${this.format('%Y-%m-%d')}${isDate ? '' : time}`;
  }

  /** @param pattern with %Y %y %m %d %H %M %S %f %j %%; other letters stay as they are */
  format(pattern: string): string {
    const { year, month, day, hour, minute, second, fraction } = this.fields;
    const days = (Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000 + 1;
    const written: Readonly<Record<string, string>> = {
      '%Y': pad(year, 4),
      '%y': pad(year % 100, 2),
      '%m': pad(month, 2),
      '%d': pad(day, 2),
      '%H': pad(hour, 2),
      '%M': pad(minute, 2),
      '%S': pad(second, 2),
      '%f': fraction.padEnd(6, '0').slice(0, 6),
      '%j': pad(days, 3),
      '%%': '%',
    };
    return pattern.replaceAll(/%[a-zA-Z%]/g, (code) => written[code] ?? code);
  }
}

const EPOCH: Fields = {
  year: 1970,
  month: 1,
  day: 1,
  hour: 0,
  minute: 0,
  second: 0,
  fraction: '',
  zone: '',
  isDate: true,
};

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
