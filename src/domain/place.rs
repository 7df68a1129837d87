//! A point on the map and how far two of them are apart.
//!
//! Distance is the great circle on a sphere of 6 371.0088 km (IUGG mean radius), within 0.6 % of the ellipsoid and far
//! within what a road adds; it is cut to whole metres, so that every machine ranks alike. Deliberately absent: roads,
//! map tiles, and conversion from GCJ-02 or BD-09, whose offset of some hundred metres does not change a ranking.

use serde::{Deserialize, Serialize};
use std::fmt;

/// IUGG mean earth radius R₁ in metres.
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// A point by latitude and longitude, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Point {
    lat: f64,
    lon: f64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Degrees {
    lat: f64,
    lon: f64,
}

/// A latitude beyond ±90°, a longitude beyond ±180°, or no number at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffTheMap;

impl fmt::Display for OffTheMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("latitude must be within ±90 and longitude within ±180 degrees")
    }
}
impl std::error::Error for OffTheMap {}

impl Point {
    /// The point at that latitude and longitude in degrees.
    ///
    /// # Errors
    /// [`OffTheMap`] for values out of range.
    pub fn new(lat: f64, lon: f64) -> Result<Self, OffTheMap> {
        if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) {
            Ok(Self { lat, lon })
        } else {
            Err(OffTheMap)
        }
    }

    /// Latitude in degrees.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Longitude in degrees.
    #[must_use]
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// Great-circle distance in whole metres (haversine formula).
    #[must_use]
    pub fn metres_to(self, other: Self) -> u32 {
        let half_lat = (other.lat - self.lat).to_radians() / 2.0;
        let half_lon = (other.lon - self.lon).to_radians() / 2.0;
        let (sin_lat, sin_lon) = (half_lat.sin(), half_lon.sin());
        let chord = sin_lat * sin_lat + self.lat.to_radians().cos() * other.lat.to_radians().cos() * sin_lon * sin_lon;
        let metres = 2.0 * EARTH_RADIUS_METRES * chord.min(1.0).sqrt().asin();
        whole(metres)
    }

    /// Great-circle distance in kilometres, to the metre.
    #[must_use]
    pub fn kilometres_to(self, other: Self) -> f64 {
        f64::from(self.metres_to(other)) / 1000.0
    }
}

/// Rounds a distance on this planet (at most 20 016 km) to whole metres.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "no two points are further apart than 20 016 km"
)]
fn whole(metres: f64) -> u32 {
    metres.round() as u32
}

impl TryFrom<Degrees> for Point {
    type Error = OffTheMap;
    fn try_from(degrees: Degrees) -> Result<Self, OffTheMap> {
        Self::new(degrees.lat, degrees.lon)
    }
}

impl From<Point> for Degrees {
    fn from(point: Point) -> Self {
        Self { lat: point.lat, lon: point.lon }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    #[test]
    fn distances_are_symmetric_and_known() {
        let quarter = 10_007_557; // a quarter of the mean circumference: π/2 × 6 371 008.8 m
        let haidian = point(39.956_074, 116.310_316);
        let huairou = point(40.324_272, 116.637_122);
        for (from, to, metres, slack) in [
            (point(0.0, 0.0), point(0.0, 90.0), quarter, 1),
            (point(90.0, 0.0), point(0.0, 0.0), quarter, 1),
            (point(0.0, -90.0), point(0.0, 90.0), 2 * quarter, 2),
            (point(0.0, 179.5), point(0.0, -179.5), 111_195, 1),
            (haidian, haidian, 0, 0),
            (haidian, huairou, 49_430, 150),
        ] {
            assert!(from.metres_to(to).abs_diff(metres) <= slack, "{from:?} {to:?} {}", from.metres_to(to));
            assert_eq!(from.metres_to(to), to.metres_to(from));
        }
        assert!((haidian.kilometres_to(huairou) - 49.43).abs() < 0.2);
    }

    #[test]
    fn points_off_the_map_are_refused() {
        for (lat, lon) in [(90.1, 0.0), (-91.0, 0.0), (0.0, 180.5), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(Point::new(lat, lon), Err(OffTheMap), "{lat} {lon}");
        }
        assert!(serde_json::from_str::<Point>(r#"{"lat":139.9,"lon":116.4}"#).is_err());
        let json = serde_json::to_string(&point(39.9, 116.4)).unwrap();
        assert_eq!(serde_json::from_str::<Point>(&json).unwrap(), point(39.9, 116.4));
    }
}
