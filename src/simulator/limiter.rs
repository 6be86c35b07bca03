//! A token bucket per user, for the rate limit that a knob turns on.

use std::collections::HashMap;

use tokio::time::{Duration, Instant};

/// The buckets of all users; nobody's requests share one.
#[derive(Default)]
pub(crate) struct Limiter(HashMap<String, Bucket>);

struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Limiter {
    /// Takes a token and tells how many are left, or says how long until there is one.
    pub(crate) fn take(
        &mut self,
        who: &str,
        per_second: f64,
        burst: u32,
        now: Instant,
    ) -> Result<u32, Duration> {
        let size = f64::from(burst.max(1));
        let bucket = self.0.entry(who.to_owned()).or_insert(Bucket {
            tokens: size,
            filled: now,
        });
        let passed = now.saturating_duration_since(bucket.filled).as_secs_f64();
        bucket.tokens = (bucket.tokens + passed * per_second).min(size);
        bucket.filled = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and the bucket's size"
            )]
            return Ok(bucket.tokens as u32);
        }
        Err(Duration::from_secs_f64((1.0 - bucket.tokens) / per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let mut limiter = Limiter::default();
        let start = Instant::now();
        let mut take = |after: u64| limiter.take("agent", 2.0, 3, start + Duration::from_millis(after));
        assert_eq!([take(0), take(0), take(0)], [Ok(2), Ok(1), Ok(0)]);
        assert_eq!(take(0), Err(Duration::from_millis(500)));
        assert_eq!(take(500), Ok(0));
        assert!(take(500).is_err());
    }

    #[test]
    fn users_do_not_share_a_bucket() {
        let mut limiter = Limiter::default();
        let now = Instant::now();
        assert!(limiter.take("agent", 1.0, 1, now).is_ok());
        assert!(limiter.take("reader", 1.0, 1, now).is_ok());
        assert!(limiter.take("agent", 1.0, 1, now).is_err());
    }
}
