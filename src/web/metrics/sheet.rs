//! One scrape's registry, filled by name, words and value.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::meters::Labels;

/// A registry of one scrape.
#[derive(Default)]
pub(super) struct Sheet(pub Registry);

type Number = Gauge<f64, AtomicU64>;

impl Sheet {
    /// A gauge with a series for each set of labels.
    pub fn gauges(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = (Labels, f64)>,
    ) {
        let family = Family::<Labels, Number>::default();
        for (labels, value) in series {
            family.get_or_create(&labels).set(value);
        }
        self.0.register(format!("otklik_{name}"), help, family);
    }

    pub fn one(&mut self, name: &str, help: &str, value: f64) {
        let gauge = Number::default();
        gauge.set(value);
        self.0.register(format!("otklik_{name}"), help, gauge);
    }
}
