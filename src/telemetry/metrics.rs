//! Figures for Prometheus: a handful of counters, gauges and one histogram, rendered in its text format 0.0.4.
//!
//! Labels are chosen by us (route patterns, states), never by a visitor, so their number is bounded. Deliberately
//! absent: a registry that others may add to; a new figure is a field here.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Values by their labels.
#[derive(Debug)]
pub struct Family {
    name: &'static str,
    kind: &'static str,
    says: &'static str,
    labels: &'static [&'static str],
    values: Mutex<BTreeMap<Vec<String>, i64>>,
}

impl Family {
    const fn new(name: &'static str, kind: &'static str, says: &'static str, labels: &'static [&'static str]) -> Self {
        Self { name, kind, says, labels, values: Mutex::new(BTreeMap::new()) }
    }

    fn with(&self, labels: &[&str], change: impl FnOnce(&mut i64)) {
        let key = labels.iter().map(|label| (*label).to_owned()).collect();
        change(self.values.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(0));
    }

    /// Counts up.
    pub fn add(&self, labels: &[&str], by: i64) {
        self.with(labels, |value| *value = value.saturating_add(by));
    }

    /// Sets a gauge.
    pub fn set(&self, labels: &[&str], to: i64) {
        self.with(labels, |value| *value = to);
    }

    fn render(&self, out: &mut String) {
        head(out, self.name, self.kind, self.says);
        for (labels, value) in self.values.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            line(out, self.name, &pairs(self.labels, labels), value);
        }
    }
}

fn head(out: &mut String, name: &str, kind: &str, says: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# HELP {name} {says}\n# TYPE {name} {kind}");
}

fn line(out: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ =
        if labels.is_empty() { writeln!(out, "{name} {value}") } else { writeln!(out, "{name}{{{labels}}} {value}") };
}

fn pairs(names: &[&str], values: &[String]) -> String {
    let pairs: Vec<String> = names
        .iter()
        .zip(values)
        .map(|(name, value)| {
            format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
        })
        .collect();
    pairs.join(",")
}

/// Upper bounds of the histogram, in milliseconds.
const BOUNDS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

#[derive(Debug, Default, Clone)]
struct Times {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    microseconds: u128,
}

/// Every figure of the service.
#[derive(Debug)]
pub struct Metrics {
    requests: Family,
    times: Mutex<BTreeMap<&'static str, Times>>,
    /// Letters by the state of their outbox row.
    pub outbox: Family,
    /// Seconds the oldest letter that could leave has waited.
    pub mail_oldest: Family,
    /// When a server last took a letter.
    pub mail_last: Family,
    /// Whether an alarm stops the mail.
    pub mail_alarm: Family,
    /// When each mailbox was last read.
    pub mailbox_read: Family,
    /// Needs in the index.
    pub index_needs: Family,
    /// Documents in the index: needs, feedback, experts, enterprises.
    pub index_documents: Family,
    /// Changes that are committed and not in the index yet.
    pub index_behind: Family,
    /// 1 while there is an index to search, 0 while the database stands in.
    pub index_ready: Family,
    /// Documents done in the index being built.
    pub index_building: Family,
    /// What the last look at each invariant found.
    pub offenders: Family,
    /// When that was.
    pub verified_at: Family,
    /// The year whose State Council notice is overdue; 0 when none is.
    pub calendar_missing_year: Family,
    /// Whether the clock stands behind its own past.
    pub clock_back: Family,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::new(
                "zhipai_requests_total",
                "counter",
                "Requests answered.",
                &["method", "route", "status"],
            ),
            times: Mutex::default(),
            outbox: Family::new("zhipai_outbox_letters", "gauge", "Letters by state.", &["state"]),
            mail_oldest: Family::new(
                "zhipai_mail_oldest_seconds",
                "gauge",
                "Time the oldest letter that could leave has waited.",
                &[],
            ),
            mail_last: Family::new(
                "zhipai_mail_last_accepted_timestamp_seconds",
                "gauge",
                "When a server last took a letter.",
                &[],
            ),
            mail_alarm: Family::new("zhipai_mail_alarm", "gauge", "1 while an alarm stops the mail.", &[]),
            mailbox_read: Family::new(
                "zhipai_mailbox_read_timestamp_seconds",
                "gauge",
                "When a mailbox was last read.",
                &["mailbox"],
            ),
            index_needs: Family::new("zhipai_index_needs", "gauge", "Needs in the index.", &[]),
            index_documents: Family::new("zhipai_index_documents", "gauge", "Documents in the index.", &[]),
            index_behind: Family::new(
                "zhipai_index_lag_changes",
                "gauge",
                "Changes committed and not in the index yet.",
                &[],
            ),
            index_ready: Family::new(
                "zhipai_index_ready",
                "gauge",
                "1 while there is an index to search, 0 while the database stands in.",
                &[],
            ),
            index_building: Family::new(
                "zhipai_index_building_documents",
                "gauge",
                "Documents done in the index being built.",
                &[],
            ),
            offenders: Family::new(
                "zhipai_invariant_offenders",
                "gauge",
                "Offenders the last look at each invariant found.",
                &["invariant"],
            ),
            verified_at: Family::new(
                "zhipai_verified_seconds",
                "gauge",
                "When the invariants were looked at last, seconds since 1970.",
                &[],
            ),
            calendar_missing_year: Family::new(
                "zhipai_calendar_missing_year",
                "gauge",
                "The year whose holidays are overdue, from 1 December; 0 for none.",
                &[],
            ),
            clock_back: Family::new(
                "zhipai_clock_back",
                "gauge",
                "1 while the clock is behind the last beat and nothing is escalated.",
                &[],
            ),
        }
    }
}

impl Metrics {
    /// Counts a request and the time it took.
    pub fn request(&self, method: &str, route: &'static str, status: u16, took: Duration) {
        let method = if matches!(method, "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS") {
            method
        } else {
            "other"
        };
        self.requests.add(&[method, route, &status.to_string()], 1);
        let milliseconds = took.as_millis();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let of_route = times.entry(route).or_default();
        of_route.count += 1;
        of_route.microseconds += took.as_micros();
        for (bucket, _) in
            of_route.buckets.iter_mut().zip(BOUNDS).filter(|(_, bound)| milliseconds <= u128::from(*bound))
        {
            *bucket += 1;
        }
    }

    /// Everything in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::new();
        let families = [
            &self.requests,
            &self.outbox,
            &self.mail_oldest,
            &self.mail_last,
            &self.mail_alarm,
            &self.mailbox_read,
            &self.index_needs,
            &self.index_documents,
            &self.index_behind,
            &self.index_ready,
            &self.index_building,
            &self.offenders,
            &self.verified_at,
            &self.calendar_missing_year,
            &self.clock_back,
        ];
        for family in families {
            family.render(&mut out);
        }
        let name = "zhipai_request_seconds";
        head(&mut out, name, "histogram", "Time to answer, by route.");
        for (route, times) in self.times.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let route = pairs(&["route"], &[(*route).to_owned()]);
            for (bucket, bound) in times.buckets.iter().zip(BOUNDS) {
                line(
                    &mut out,
                    "zhipai_request_seconds_bucket",
                    &format!("{route},le=\"{}\"", seconds(u128::from(bound) * 1_000)),
                    bucket,
                );
            }
            line(&mut out, "zhipai_request_seconds_bucket", &format!("{route},le=\"+Inf\""), times.count);
            line(&mut out, "zhipai_request_seconds_sum", &route, seconds(times.microseconds));
            line(&mut out, "zhipai_request_seconds_count", &route, times.count);
        }
        out
    }
}

fn seconds(microseconds: u128) -> String {
    let text = format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_prometheus_wants_them() {
        let metrics = Metrics::default();
        metrics.request("GET", "/needs/{id}", 200, Duration::from_millis(30));
        metrics.request("GET", "/needs/{id}", 200, Duration::from_millis(3));
        metrics.request("BREW", "/needs/{id}", 405, Duration::from_millis(1));
        metrics.outbox.set(&["queued"], 4);
        let text = metrics.render();
        for expected in [
            "# TYPE zhipai_requests_total counter",
            "zhipai_requests_total{method=\"GET\",route=\"/needs/{id}\",status=\"200\"} 2",
            "zhipai_requests_total{method=\"other\",route=\"/needs/{id}\",status=\"405\"} 1",
            "zhipai_outbox_letters{state=\"queued\"} 4",
            "zhipai_request_seconds_bucket{route=\"/needs/{id}\",le=\"0.005\"} 2",
            "zhipai_request_seconds_bucket{route=\"/needs/{id}\",le=\"0.05\"} 3",
            "zhipai_request_seconds_bucket{route=\"/needs/{id}\",le=\"+Inf\"} 3",
            "zhipai_request_seconds_sum{route=\"/needs/{id}\"} 0.034",
        ] {
            assert!(text.lines().any(|line| line == expected), "{expected}\n{text}");
        }
    }
}
