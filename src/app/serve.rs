//! Running a centre: its loops under the supervisor, its pages on a listener, until told to stop.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Centre;
use crate::{
    web::{self, Patience, auth::password::Cost},
    work::{Work, supervisor::Supervisor},
};

/// How long stopping waits for work in hand.
const GRACE: Duration = Duration::from_secs(20);

/// Which half of the work a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Pages and API, with an index of its own.
    Web,
    /// The loops.
    Work,
    /// Everything.
    Both,
}

impl Centre {
    /// Runs this half of the work until `stop` is cancelled, then stops in order: no new requests,
    /// loops finish what is in hand, the index is committed, the database is closed.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn serve(
        &self,
        listener: Option<TcpListener>,
        half: Half,
        stop: CancellationToken,
    ) -> Result<()> {
        let mut loops = match half {
            Half::Web => vec![Arc::new(self.indexing()) as Arc<dyn Work>],
            Half::Work => self.working_loops().await?,
            Half::Both => self.all_loops().await?,
        };
        if self.store.is_postgres() {
            loops.push(self.listening());
        }
        loops.push(Arc::new(self.journal())); // the last to stop: what the others noted is signed
        let supervisor = Supervisor::new(
            loops,
            self.health.clone(),
            self.clock.clone(),
            self.ids.clone(),
        );
        let figures = &self.settings.metrics.listen;
        let figures = match figures.is_empty() {
            true => None,
            false => Some(listen(figures).await?),
        };
        let stop_loops = supervisor.stopper();
        let loops = tokio::spawn(supervisor.run(GRACE));
        if let Some(listener) = figures {
            self.serve_metrics(listener, stop.clone());
        }
        match listener {
            Some(listener) => {
                let router = web::router(self.pages());
                // A browser may hold its connection for ever: it gets a time to finish.
                web::serve(listener, router, Patience::default(), stop, GRACE / 4).await;
            }
            None => stop.cancelled().await,
        }
        stop_loops.cancel();
        loops.await?;
        self.store.close().await;
        Ok(())
    }

    /// Metrics on a listener of their own, until stopped.
    fn serve_metrics(&self, listener: TcpListener, stop: CancellationToken) {
        let router = web::metrics::router(self.pages());
        tokio::spawn(web::serve(
            listener,
            router,
            Patience::default(),
            stop,
            Duration::ZERO,
        ));
    }

    /// What the pages need.
    pub fn pages(&self) -> web::App {
        web::App {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            settings: self.settings.clone(),
            catalogue: self.catalogue.clone(),
            region: self.region.clone(),
            desk: self.desk.clone(),
            health: self.health.clone(),
            index: self.index.clone(),
            journal: self.keys.journal.clone(),
            passwords: Cost::STRONG,
            sign_in: self.keys.sign_in.clone(),
            keys: self.post_keys(),
        }
    }
}

/// Binds an address for the pages.
///
/// # Errors
/// A sentence with the address when it is taken or not ours.
pub async fn listen(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; name another one (web.listen, or --listen)")
    })
}
