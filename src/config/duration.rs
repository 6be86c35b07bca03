//! Durations as people write them: `500ms`, `2s`, `1m`, or a bare number of seconds.

use std::time::Duration;

/// Longer than anything here should wait, and short enough for every timer.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A duration of at most a day; zero is one.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
    let milliseconds = match text[digits.len()..].trim_start() {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    // Not str::parse alone: that takes a sign.
    let count: u64 = digits.parse().ok().filter(|_| !digits.starts_with('+'))?;
    let duration = Duration::from_millis(count.checked_mul(milliseconds)?);
    (duration <= LONGEST).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: &str, milliseconds: Option<u128>) {
        assert_eq!(
            parse(text).map(|duration| duration.as_millis()),
            milliseconds,
            "{text}"
        );
    }

    #[test]
    fn units_are_optional_and_few() {
        check("500ms", Some(500));
        check("2s", Some(2_000));
        check("2 s", Some(2_000));
        check("2", Some(2_000));
        check("1m", Some(60_000));
        check("24h", Some(86_400_000));
        check("0", Some(0));
        for text in [
            "",
            "s",
            "1.5s",
            "-1",
            "+1",
            "1d",
            "1S",
            "1m30s",
            "1e3",
            "25h",
            "99999999999999999999",
            "18446744073709551615h",
            "¾",
        ] {
            check(text, None);
        }
    }
}
