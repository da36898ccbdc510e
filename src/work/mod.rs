//! Background work: loops that take their work from queries, and the supervisor that keeps them.
//!
//! A loop does one small batch in a [`Work::tick`] and says whether there was something to do. It
//! is woken by a notification and polls as well, so a lost hint loses nothing. Start with
//! [`supervisor::Supervisor`].

pub use crate::domain::health;

pub mod collecting;
pub mod deadlines;
pub mod importing;
pub mod indexing;
pub mod jobs;
pub mod journal;
pub mod listening;
pub mod lock;
pub mod retention;
pub mod routing;
pub mod supervisor;
pub mod tables;
pub mod turn;
pub mod understanding;

use std::{pin::Pin, time::Duration};

use tokio::sync::Notify;

/// What a tick found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// It did something: there may be more, come again at once.
    Worked,
    /// Nothing to do now.
    Idle,
}

/// The future of a tick.
pub type TickFuture<'a> = Pin<Box<dyn Future<Output = anyhow::Result<Tick>> + Send + 'a>>;

/// One kind of background work.
pub trait Work: Send + Sync + 'static {
    /// The name that people see on the health page.
    fn name(&self) -> &'static str;

    /// Does one batch. Everything it takes is released or finished when it returns.
    fn tick(&self) -> TickFuture<'_>;

    /// What wakes it, beside polling.
    fn hint(&self) -> Option<&Notify> {
        None
    }

    /// How long it sleeps without a hint.
    fn poll(&self) -> Duration {
        Duration::from_secs(1)
    }

    /// Called before the first tick of a turn that another process may have had meanwhile
    /// ([`turn::InTurn`]): what is remembered of the work may be old.
    fn take_over(&self) -> TickFuture<'_> {
        Box::pin(async { Ok(Tick::Idle) })
    }

    /// Called once when the process stops, after the last tick.
    fn stop(&self) -> TickFuture<'_> {
        Box::pin(async { Ok(Tick::Idle) })
    }
}
