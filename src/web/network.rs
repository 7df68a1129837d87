//! Where a request comes from: the peer, or what a trusted proxy says of it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network in CIDR notation (RFC 4632): `10.0.0.0/8`, `::1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

/// The text is not a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotANetwork(String);

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a network such as 10.0.0.0/8: {}", self.0)
    }
}
impl std::error::Error for NotANetwork {}

impl FromStr for Network {
    type Err = NotANetwork;
    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, prefix) = text.trim().split_once('/').unwrap_or((text.trim(), ""));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = if prefix.is_empty() { longest } else { prefix.parse().map_err(|_| wrong())? };
        if prefix > longest { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

impl Network {
    /// Whether the address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// The visitor's address: the peer's, unless that is a trusted proxy; then the last address in `X-Forwarded-For` that
/// is not one.
#[must_use]
pub fn visitor_address(peer: IpAddr, forwarded: Option<&str>, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut seen = peer;
    if !is_trusted(peer) {
        return seen;
    }
    for text in forwarded.unwrap_or_default().rsplit(',') {
        let Ok(address) = text.trim().parse::<IpAddr>() else { break };
        seen = address;
        if !is_trusted(address) {
            break;
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<Network> = ["10.0.0.0/8", "::1"].iter().map(|text| text.parse().expect("a network")).collect();
        for (peer, forwarded, expected) in [
            ("203.0.113.9", Some("1.1.1.1"), "203.0.113.9"),
            ("10.1.2.3", Some("1.1.1.1, 198.51.100.7"), "198.51.100.7"),
            ("10.1.2.3", Some("198.51.100.7, 10.9.9.9"), "198.51.100.7"),
            ("10.1.2.3", None, "10.1.2.3"),
            ("::1", Some("2001:db8::1"), "2001:db8::1"),
            ("10.1.2.3", Some("nonsense"), "10.1.2.3"),
        ] {
            let peer: IpAddr = peer.parse().expect("an address");
            assert_eq!(visitor_address(peer, forwarded, &trusted).to_string(), expected);
        }
        assert!("10.0.0.0/33".parse::<Network>().is_err());
        assert!("0.0.0.0/0".parse::<Network>().expect("all").contains(IpAddr::from([9, 9, 9, 9])));
    }
}
