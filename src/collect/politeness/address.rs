//! Addresses that several hosts share, as municipal sites on one machine do: two requests at a time at
//! most, and twice a host's rate for all of them together.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    Domain, Politeness,
    pace::{Gate, lock},
};
use crate::domain::{source::FetchError, time::Timestamp};

/// Requests to one address on their way at a time.
const AT_ONCE: usize = 2;

/// The gates of addresses that were asked since the process began.
#[derive(Default)]
pub(super) struct Addresses(Mutex<HashMap<IpAddr, Place>>);

#[derive(Clone)]
struct Place {
    gate: Arc<Gate>,
    places: Arc<Semaphore>,
}

impl Politeness {
    /// Waits for the address that the domain's host lives at. Networks with a domain of their own
    /// answer from many addresses and are not asked for one.
    pub(super) async fn await_address(
        &self,
        domain: &Domain,
        address: Option<IpAddr>,
        begun: Timestamp,
    ) -> Result<Option<OwnedSemaphorePermit>, FetchError> {
        let Some(address) = address else {
            return Ok(None);
        };
        let place = lock(&self.addresses.0)
            .entry(address)
            .or_insert_with(|| Place {
                gate: Arc::new(Gate::new(domain.per_second * AT_ONCE as f64, &self.clock)),
                places: Arc::new(Semaphore::new(AT_ONCE)),
            })
            .clone();
        let permit = place.places.acquire_owned().await.ok();
        self.await_rate(&place.gate, domain, begun).await?;
        Ok(permit)
    }
}
