//! Places in lists as text for callers, with a seal that ties them to the list they came from.
//!
//! The seal finds mistakes, not forgeries: there is nothing to gain, since a place only says where to begin.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Bytes of the seal.
const SEAL: usize = 8;

/// A place in the list that these words name, as callers get it.
#[must_use]
pub fn sealed(place: &str, of: &[&str]) -> String {
    let mut bytes = seal(place, of).to_vec();
    bytes.extend_from_slice(place.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that a caller sends back. None when it is of another list, or came damaged.
#[must_use]
pub fn opened(text: &str, of: &[&str]) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
    let (sealed, place) = bytes.split_at_checked(SEAL)?;
    let place = std::str::from_utf8(place).ok()?;
    (sealed == seal(place, of)).then(|| place.to_owned())
}

fn seal(place: &str, of: &[&str]) -> [u8; SEAL] {
    let mut digest = Sha256::new();
    digest.update(place);
    for word in of {
        digest.update("\n");
        digest.update(word);
    }
    let mut seal = [0; SEAL];
    seal.copy_from_slice(&digest.finalize()[..SEAL]);
    seal
}
