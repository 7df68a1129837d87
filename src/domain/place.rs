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

    /// Great-circle distance in whole metres.
    #[must_use]
    #[inline]
    pub fn metres_to(self, other: Self) -> u32 {
        self.direction().metres_to(other.direction())
    }

    /// The point as seen from the earth's centre: what many distances to it are reckoned from.
    #[must_use]
    pub fn direction(self) -> Direction {
        let (lat, lon) = (self.lat.to_radians(), self.lon.to_radians());
        Direction { x: lat.cos() * lon.cos(), y: lat.cos() * lon.sin(), z: lat.sin() }
    }

    /// Great-circle distance in kilometres, to the metre.
    #[must_use]
    pub fn kilometres_to(self, other: Self) -> f64 {
        f64::from(self.metres_to(other)) / 1000.0
    }
}

/// A point as a unit vector from the earth's centre, which spares the sines and cosines of every further distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Direction {
    x: f64,
    y: f64,
    z: f64,
}

impl Direction {
    /// No direction at all: the place of somebody whose place is not known.
    pub const UNKNOWN: Self = Self { x: f64::NAN, y: f64::NAN, z: f64::NAN };

    /// Whether it points anywhere.
    #[inline]
    #[must_use]
    pub const fn is_known(self) -> bool {
        !self.x.is_nan()
    }

    /// Great-circle distance in whole metres; 0 where one of the places is unknown.
    #[must_use]
    #[inline]
    pub fn metres_to(self, other: Self) -> u32 {
        let (x, y, z) = (other.x - self.x, other.y - self.y, other.z - self.z);
        let square = x * x + y * y + z * z;
        let chord = square.sqrt();
        // The arc over a chord c is 2·asin(c/2); below 1 270 km four terms of its series are exact to the millimetre.
        let arc = if square < 0.04 {
            chord * (1.0 + square * (1.0 / 24.0 + square * (3.0 / 640.0 + square * (5.0 / 7168.0))))
        } else if square.is_nan() {
            0.0
        } else {
            2.0 * (chord / 2.0).min(1.0).asin()
        };
        whole(EARTH_RADIUS_METRES * arc)
    }
}

/// Rounds a distance on this planet (at most 20 016 km) to whole metres.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "no two points are further apart than 20 016 km"
)]
#[inline]
fn whole(metres: f64) -> u32 {
    (metres + 0.5) as u32
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
    fn the_short_way_to_reckon_agrees_with_the_haversine() {
        let haversine = |from: Point, to: Point| {
            let half_lat = ((to.lat - from.lat).to_radians() / 2.0).sin();
            let half_lon = ((to.lon - from.lon).to_radians() / 2.0).sin();
            let cosines = from.lat.to_radians().cos() * to.lat.to_radians().cos();
            2.0 * EARTH_RADIUS_METRES * (half_lat * half_lat + cosines * half_lon * half_lon).min(1.0).sqrt().asin()
        };
        let from = point(39.9, 116.4);
        for step in 1..2_000 {
            let to = point(39.9 + f64::from(step) / 40.0, 116.4 - f64::from(step) / 23.0);
            assert!((haversine(from, to) - f64::from(from.metres_to(to))).abs() < 0.51, "{to:?}");
        }
        assert_eq!(from.direction().metres_to(Direction::UNKNOWN), 0);
        assert!(!Direction::UNKNOWN.is_known() && from.direction().is_known());
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
