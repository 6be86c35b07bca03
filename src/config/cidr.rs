//! Ranges of addresses, for the proxies whose word about the caller's address is taken.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// All addresses that begin with the same bits: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    bits: u32,
}

/// A text is no range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an IP address or a range like 10.0.0.0/8")]
pub struct NotCidr;

impl Cidr {
    /// Whether an address is in the range. An IPv4 address that came in through an IPv6 socket counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (u128::from(ours.to_bits()), u128::from(theirs.to_bits()), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits(), 128),
            _ => return false,
        };
        // Nothing is left to compare when no bit counts; the shift would be one too far.
        (ours ^ theirs).checked_shr(width - self.bits).unwrap_or(0) == 0
    }
}

impl FromStr for Cidr {
    type Err = NotCidr;

    fn from_str(text: &str) -> Result<Self, NotCidr> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotCidr)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => width,
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                bits.parse().map_err(|_| NotCidr)?
            }
            Some(_) => return Err(NotCidr),
        };
        if bits > width {
            return Err(NotCidr);
        }
        Ok(Self { address, bits })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cidr, NotCidr};

    #[track_caller]
    fn check(range: &str, inside: &[&str], outside: &[&str]) {
        let range: Cidr = range.parse().unwrap();
        for address in inside {
            assert!(range.contains(address.parse().unwrap()), "{range} {address}");
        }
        for address in outside {
            assert!(!range.contains(address.parse().unwrap()), "{range} {address}");
        }
    }

    #[test]
    fn a_range_contains_what_begins_like_it() {
        check(
            "10.0.0.0/8",
            &["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
            &["11.0.0.0", "9.255.255.255", "::1"],
        );
        check("10.9.8.7/8", &["10.0.0.1"], &["11.9.8.7"]);
        check(
            "192.168.1.128/25",
            &["192.168.1.128", "192.168.1.255"],
            &["192.168.1.127"],
        );
        check("127.0.0.1", &["127.0.0.1"], &["127.0.0.2", "::1"]);
        check("0.0.0.0/0", &["0.0.0.0", "255.255.255.255"], &["::", "::1"]);
        check("::1", &["::1"], &["::2", "127.0.0.1"]);
        check("fd00::/8", &["fd00::1", "fdff::"], &["fc00::", "fe00::"]);
        check("2001:db8:1:2::/64", &["2001:db8:1:2:ffff::"], &["2001:db8:1:3::"]);
        check("::/0", &["::", "ffff::"], &["1.2.3.4"]);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "localhost",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "10.0.0",
            "10.0.0.0/8/8",
            " 10.0.0.1",
        ] {
            assert_eq!(text.parse::<Cidr>(), Err(NotCidr), "{text}");
        }
    }
}
