//! Dates and the functions that make some: minute resolution, in the server's zone.

use chrono::{
    DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
    Utc,
};

use super::{Fault, Operand};

/// A stretch of time: a minute, or a whole day for a date without a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
}

/// What the right side of a clause on a date means.
pub(super) fn span(operand: &Operand, now: DateTime<Utc>, zone: FixedOffset) -> Result<Span, Fault> {
    match operand {
        Operand::Text(text) => literal(text.trim(), zone),
        Operand::Call { name, arguments } => {
            let instant = function(name, arguments.first().map(String::as_str), now, zone)?;
            Ok(Span {
                start: instant,
                end: instant + TimeDelta::minutes(1),
            })
        }
    }
}

fn literal(text: &str, zone: FixedOffset) -> Result<Span, Fault> {
    let unified = text.replace('/', "-");
    if let Ok(minute) = NaiveDateTime::parse_from_str(&unified, "%Y-%m-%d %H:%M") {
        let start = local(minute, zone);
        return Ok(Span {
            start,
            end: start + TimeDelta::minutes(1),
        });
    }
    if let Ok(day) = NaiveDate::parse_from_str(&unified, "%Y-%m-%d") {
        let start = local(day.and_time(NaiveTime::MIN), zone);
        return Ok(Span {
            start,
            end: start + TimeDelta::days(1),
        });
    }
    // Not documented, but accepted.
    let instant =
        DateTime::parse_from_rfc3339(text).map_err(|_| Fault::Syntax(format!("'{text}' is not a date")))?;
    let start = instant.to_utc();
    Ok(Span {
        start,
        end: start + TimeDelta::minutes(1),
    })
}

fn local(instant: NaiveDateTime, zone: FixedOffset) -> DateTime<Utc> {
    zone.from_local_datetime(&instant)
        .single()
        .map_or_else(|| instant.and_utc(), |instant| instant.to_utc())
}

fn function(
    name: &str,
    shift: Option<&str>,
    now: DateTime<Utc>,
    zone: FixedOffset,
) -> Result<DateTime<Utc>, Fault> {
    let here = now.with_timezone(&zone);
    let today = here.date_naive();
    let first_of_month = today.with_day(1).unwrap_or(today);
    let first_of_year = first_of_month.with_month(1).unwrap_or(first_of_month);
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let lower = name.to_lowercase();
    let (start, unit) = match lower.as_str() {
        "now" => return shifted(here.naive_local(), shift, 'd').map(|instant| local(instant, zone)),
        "startofday" | "endofday" => (today, 'd'),
        "startofweek" | "endofweek" => (monday, 'w'),
        "startofmonth" | "endofmonth" => (first_of_month, 'M'),
        "startofyear" | "endofyear" => (first_of_year, 'y'),
        _ => return Err(Fault::Syntax(format!("no function has the name '{name}'"))),
    };
    let mut instant = shifted(start.and_time(NaiveTime::MIN), shift, unit)?;
    if lower.starts_with("end") {
        instant = shifted(instant, Some("1"), unit)? - TimeDelta::minutes(1);
    }
    Ok(local(instant, zone))
}

/// `-4w`, `+1d`, `2`: without a unit, the function's own.
fn shifted(instant: NaiveDateTime, shift: Option<&str>, unit: char) -> Result<NaiveDateTime, Fault> {
    let Some(shift) = shift else { return Ok(instant) };
    let wrong = || Fault::Syntax(format!("'{shift}' is not an increment"));
    let digits = shift.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &shift[digits.len()..] {
        "" => unit,
        "y" => 'y',
        "M" => 'M',
        "w" => 'w',
        "d" => 'd',
        "h" => 'h',
        "m" => 'm',
        _ => return Err(wrong()),
    };
    let number: i32 = digits.trim_start_matches('+').parse().map_err(|_| wrong())?;
    let months = |count: i32| {
        let step = Months::new(count.unsigned_abs());
        if count < 0 {
            instant.checked_sub_months(step)
        } else {
            instant.checked_add_months(step)
        }
    };
    let moved = match unit {
        'y' => months(number.saturating_mul(12)),
        'M' => months(number),
        'w' => instant.checked_add_signed(TimeDelta::weeks(number.into())),
        'd' => instant.checked_add_signed(TimeDelta::days(number.into())),
        'h' => instant.checked_add_signed(TimeDelta::hours(number.into())),
        _ => instant.checked_add_signed(TimeDelta::minutes(number.into())),
    };
    moved.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::moment::zone;

    fn text(instant: DateTime<Utc>) -> String {
        instant.format("%Y-%m-%d %H:%M").to_string()
    }

    #[track_caller]
    fn means(operand: &Operand, minutes: i32, start: &str, end: &str) {
        let now = DateTime::parse_from_rfc3339("2026-11-19T22:30:00Z")
            .unwrap()
            .to_utc();
        let span = span(operand, now, zone(minutes)).unwrap();
        assert_eq!((text(span.start).as_str(), text(span.end).as_str()), (start, end));
    }

    fn literal(text: &str) -> Operand {
        Operand::Text(text.to_owned())
    }

    fn call(name: &str, argument: &str) -> Operand {
        let arguments = if argument.is_empty() {
            vec![]
        } else {
            vec![argument.to_owned()]
        };
        Operand::Call {
            name: name.to_owned(),
            arguments,
        }
    }

    #[test]
    fn dates_are_in_the_servers_zone() {
        means(&literal("2026/11/20"), 0, "2026-11-20 00:00", "2026-11-21 00:00");
        means(
            &literal("2026-11-20 09:15"),
            600,
            "2026-11-19 23:15",
            "2026-11-19 23:16",
        );
        means(
            &literal("2026-11-20T09:15:00Z"),
            600,
            "2026-11-20 09:15",
            "2026-11-20 09:16",
        );
    }

    #[test]
    fn functions_start_and_end_where_the_zone_has_it() {
        means(&call("startOfDay", ""), 0, "2026-11-19 00:00", "2026-11-19 00:01");
        means(
            &call("startOfDay", ""),
            600,
            "2026-11-19 14:00",
            "2026-11-19 14:01",
        );
        means(&call("endOfMonth", ""), 0, "2026-11-30 23:59", "2026-12-01 00:00");
        means(
            &call("startOfWeek", "-1w"),
            0,
            "2026-11-09 00:00",
            "2026-11-09 00:01",
        );
        means(
            &call("startOfYear", "-1"),
            0,
            "2025-01-01 00:00",
            "2025-01-01 00:01",
        );
        means(&call("now", "-4w"), 0, "2026-10-22 22:30", "2026-10-22 22:31");
    }

    #[test]
    fn nonsense_is_refused() {
        let now = Utc.timestamp_opt(0, 0).single().unwrap();
        for operand in [
            literal("yesterday"),
            literal("2026-13-01"),
            call("tomorrow", ""),
            call("now", "-4x"),
        ] {
            assert!(span(&operand, now, zone(0)).is_err(), "{operand:?}");
        }
    }
}
